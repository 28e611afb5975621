import assert from "node:assert/strict";
import { test } from "node:test";
import { isModel, isPinnedModel } from "./model-pin.ts";

test("a model is pinned by a date, a numbered snapshot, an exact version or a digest", () => {
  const pinned = [
    "anthropic/claude-haiku-4-5-20251001",
    "openai/gpt-5-codex-2025-09-23",
    "openai/gpt-5-mini-2025-08-07",
    "openai/gpt-4-0613",
    "openai/gpt-4-1106-preview",
    "google/gemini-1.5-pro-002",
    "google/gemini-2.5-flash-preview-09-2025",
    "mistral/mistral-large-2411",
    "vertex/claude-sonnet-4-5@20250929",
    "bedrock/anthropic.claude-3-sonnet-20240229-v1:0",
    "acme/router@2.1.0",
    "ollama/llama3.1:8b@sha256:46e0c10c039e0191d9c1d2d1a4b8c3b4d7b4b9c2",
    "ollama/llama3.1:latest@sha256:46e0c10c039e",
    "huggingface/acme/tiny-model@3f2a91c",
  ];
  assert.deepEqual(
    pinned.filter((pin) => !isModel(pin) || !isPinnedModel(pin)),
    [],
  );
});

test("a name that can mean another model tomorrow is not pinned", () => {
  const moving = [
    "anthropic/claude-haiku-latest",
    "anthropic/claude-latest-20251001",
    "anthropic/claude-opus-4-5",
    "openai/gpt-5",
    "openai/gpt-3.5-turbo-16k",
    "openai/gpt-5-2025",
    "openai/gpt-5-20251301",
    "ollama/llama3.1:8b",
    "ollama/llama3.1:8b@sha256:",
    "ollama/qwen2.5-72b-instruct",
    "mistral/mixtral-8x7b-32768",
    "acme/router@2",
    "acme/router@latest",
  ];
  assert.deepEqual(moving.filter(isPinnedModel), []);
});

test("a model is written with its provider", () => {
  assert.deepEqual(["gpt-5", "openai/", "/gpt-5", "open ai/gpt-5", "openai/gpt 5", ""].filter(isModel), []);
});
