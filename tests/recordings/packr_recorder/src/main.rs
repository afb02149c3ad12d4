//! Calls exports of a module in packr's newest host, and prints what crossed the boundary: a JSON object for each call.
//!
//!     packr_recorder MODULE HOW ANSWERS [NAME=HEX ...]
//!
//! HOW is `living` for calls on one instance, `waiting` for the asynchronous convention, whose driver makes an instance
//! for each call. ANSWERS are INTERFACE.FUNCTION=HEX with commas between them, `-` for none: what an import answers; the
//! others answer `()`. HEX is CGRF.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use anyhow::{anyhow, Context, Result};
use packr_core::abi::{decode, encode};
use packr_core::backend::WasmEngine;
use packr_core::{call_with_value, host_fn, CallInterceptor, HostError, HostImports, Value};
use packr_wasmtime::{call_resume, WasmtimeEngine};
use serde_json::json;

/// What was asked of imports since this was emptied: interface, function, input, output.
#[derive(Default)]
struct Asked(Mutex<Vec<serde_json::Value>>);

#[async_trait::async_trait]
impl CallInterceptor for Asked {
    async fn before_import(&self, _: &str, _: &str, _: &Value) -> Option<Value> {
        None
    }

    async fn after_import(&self, interface: &str, function: &str, input: &Value, output: &Value) {
        self.0.lock().unwrap().push(json!([interface, function, packed(input), packed(output)]));
    }

    async fn before_export(&self, _: &str, _: &Value) -> Option<Value> {
        None
    }

    async fn after_export(&self, _: &str, _: &Value, _: &Value) {}
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let module = std::fs::read(words.next().context("MODULE is missing")?)?;
    let waiting = words.next().context("HOW is missing")? == "waiting";
    let answers = answers(&words.next().context("ANSWERS is missing")?)?;
    let engine = WasmtimeEngine::new();
    let module = engine.compile(&module).await.map_err(|error| anyhow!("{error}"))?;
    let asked = Arc::new(Asked::default());
    let imports = || {
        let mut imports = HostImports::new();
        for each in module.imports() {
            let answer = answers.get(&format!("{}.{}", each.module(), each.name())).cloned();
            let answer = answer.unwrap_or(Value::Tuple(vec![]));
            imports.define(
                each.module(),
                each.name(),
                host_fn(move |_| {
                    let answer = answer.clone();
                    async move { Ok::<Value, HostError>(answer) }
                }),
            );
        }
        imports.with_interceptor(asked.clone());
        imports
    };
    let mut living = None;
    let mut calls = Vec::new();
    for word in words {
        let (name, input) = word.split_once('=').context("a call is NAME=HEX")?;
        let result = if waiting {
            call_resume(&engine, &module, imports(), name, &value(input)?).await
        } else {
            if living.is_none() {
                living = Some(engine.instantiate(&module, imports()).await.map_err(|error| anyhow!("{error}"))?);
            }
            call_with_value(living.as_mut().unwrap(), name, &value(input)?).await
        };
        let imports = std::mem::take(&mut *asked.0.lock().unwrap());
        calls.push(match result {
            Ok(output) => json!({"call": name, "input": input, "imports": imports, "output": packed(&output)}),
            Err(error) => json!({"call": name, "input": input, "imports": imports, "error": error.to_string()}),
        });
    }
    println!("{}", serde_json::to_string_pretty(&calls)?);
    Ok(())
}

fn answers(text: &str) -> Result<HashMap<String, Value>> {
    let parts = text.split(',').filter(|part| *part != "-");
    parts
        .map(|part| {
            let (function, packed) = part.split_once('=').context("an answer is INTERFACE.FUNCTION=HEX")?;
            Ok((function.to_string(), value(packed)?))
        })
        .collect()
}

fn value(packed: &str) -> Result<Value> {
    decode(&hex::decode(packed)?).map_err(|error| anyhow!("{error:?}"))
}

fn packed(value: &Value) -> String {
    encode(value).map(hex::encode).unwrap_or_else(|error| format!("{error:?}"))
}
