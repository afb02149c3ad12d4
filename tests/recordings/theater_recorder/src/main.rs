//! Runs an actor in the published Theater, makes some calls, and prints the events that its RecordingInterceptor kept.
//!
//!     theater_recorder MODULE STATE [NAME=HEX ...]
//!
//! STATE is the initial state of the manifest, `-` for none. HEX is the CGRF of a call's parameters. The events are
//! printed as the JSON array that Theater's own replay reads; a failing call ends the recording, as it ends the actor.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result};
use theater::chain::ChainEvent;
use theater::config::actor_manifest::{ManifestConfig, RuntimeHostConfig, TimerHandlerConfig};
use theater::handler::HandlerRegistry;
use theater::messages::TheaterCommand;
use theater::pack_bridge::{decode_value, Value, ValueType};
use theater::theater_runtime::TheaterRuntime;
use theater::utils::ResourceCache;
use theater::{ActorHandle, TheaterId};
use theater_handler_runtime::RuntimeHandler;
use theater_handler_timer::TimerHandler;
use tokio::sync::{mpsc, oneshot};

const CAPACITY: usize = 1 << 16;
/// After this long without a new event everything has arrived.
const QUIET: Duration = Duration::from_millis(300);

type Events = Arc<Mutex<Vec<ChainEvent>>>;

#[tokio::main]
async fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let module = words.next().context("MODULE is missing")?;
    let state = words.next().context("STATE is missing")?;
    let calls = words.map(|word| call_of(&word)).collect::<Result<Vec<_>>>()?;

    let (commands, events) = runtime().await?;
    let (id, handle) = spawned(&commands, &events, std::fs::read(&module)?, &state).await?;
    for (name, parameters) in calls {
        if let Err(error) = handle.call_function(name.clone(), parameters).await {
            eprintln!("{name}: {error}");
            if !format!("{error:?}").contains("SerializationError") {
                break;
            }
        }
    }
    let (answer, stopped) = oneshot::channel();
    commands.send(TheaterCommand::StopActor { actor_id: id, response_tx: answer }).await?;
    let _ = stopped.await;
    println!("{}", serde_json::to_string(&all(&events).await)?);
    std::process::exit(0);
}

fn call_of(word: &str) -> Result<(String, Value)> {
    let (name, packed) = word.split_once('=').context("a call is NAME=HEX")?;
    Ok((name.into(), decode_value(&hex::decode(packed)?).map_err(|error| anyhow::anyhow!("{error}"))?))
}

/// A runtime with the two handlers that the sample actors ask for.
async fn runtime() -> Result<(mpsc::Sender<TheaterCommand>, Events)> {
    let (commands, received) = mpsc::channel(CAPACITY);
    let mut handlers = HandlerRegistry::new();
    handlers.register(RuntimeHandler::new(RuntimeHostConfig {}, commands.clone(), None).with_show_logs(false));
    handlers.register(TimerHandler::new(TimerHandlerConfig::default()));
    let cache = Arc::new(ResourceCache::new());
    let mut runtime = TheaterRuntime::new(commands.clone(), received, None, handlers, cache).await?;
    tokio::spawn(async move {
        let _ = runtime.run().await;
    });
    Ok((commands, Events::default()))
}

async fn spawned(
    commands: &mpsc::Sender<TheaterCommand>,
    events: &Events,
    wasm_bytes: Vec<u8>,
    state: &str,
) -> Result<(TheaterId, ActorHandle)> {
    let mut text = String::from("name = \"sample\"\nversion = \"0.1.0\"\npackage = \"sample.wasm\"\n");
    if state != "-" {
        text += &format!("initial_state = {state:?}\n");
    }
    text += "\n[[handler]]\ntype = \"runtime\"\n\n[[handler]]\ntype = \"timer\"\n";
    let init_state = match state {
        "-" => Value::Option { inner_type: ValueType::List(Box::new(ValueType::U8)), value: None },
        _ => Value::String(state.into()),
    };
    let (subscription, mut brought) = mpsc::channel(CAPACITY);
    let kept = events.clone();
    tokio::spawn(async move {
        while let Some((_, event)) = brought.recv().await {
            kept.lock().unwrap().push(event);
        }
    });
    let (answer, begun) = oneshot::channel();
    let command = TheaterCommand::SpawnActor {
        wasm_bytes,
        name: Some("sample".into()),
        manifest: Some(ManifestConfig::from_toml_str(&text)?),
        init_state,
        response_tx: answer,
        supervisor_tx: None,
        subscription_tx: Some(subscription),
    };
    commands.send(command).await?;
    let id = begun.await??;
    let (answer, handle) = oneshot::channel();
    commands.send(TheaterCommand::GetActorHandle { actor_id: id, response_tx: answer }).await?;
    Ok((id, handle.await?.context("the actor is gone")?))
}

/// All events, once no more come.
async fn all(events: &Events) -> Vec<ChainEvent> {
    let mut count = usize::MAX;
    while count != events.lock().unwrap().len() {
        count = events.lock().unwrap().len();
        tokio::time::sleep(QUIET).await;
    }
    events.lock().unwrap().clone()
}
