//! Runs a family of actors in the published Theater, plays an exchange, and keeps the events of each actor.
//!
//!     family_recorder MANIFEST STEPS FOLDER
//!
//! STEPS is a file of one step a line. Actors have the numbers in which they began, the root is 0; callers from outside
//! are numbered too.
//!
//!     call N EXPORT HEX      calls an export with parameters, which are CGRF
//!     send N HEX             hands an actor a message from outside; `request` waits for the reply
//!     stop N                 stops an actor
//!     wait MILLISECONDS      lets timers run
//!     connect ADDRESS        begins a connection from outside
//!     say N HEX              sends on a connection; `hear N BYTES` waits for that many; `leave N` ends it
//!
//! After each step it waits until nothing more happens. In HEX, the bytes of the text `00000000-0000-0000-0000-` and
//! twelve digits stand for the id of the actor of that number, those of `ch_` and sixteen digits for that channel.
//! FOLDER gets N.json, the JSON array that Theater's own replay reads, and family.json, which tells of each its id, its
//! head, and how many events it had after each step.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{bail, Context, Result};
use theater::chain::ChainEvent;
use theater::config::actor_manifest::{
    RuntimeHostConfig, StoreHandlerConfig, SupervisorHostConfig, TcpHandlerConfig, TerminalHandlerConfig,
    TimerHandlerConfig,
};
use theater::handler::HandlerRegistry;
use theater::messages::{ActorMessage, ActorRequest, ActorSend, MessageCommand, TheaterCommand};
use theater::pack_bridge::{decode_value, Value};
use theater::theater_runtime::TheaterRuntime;
use theater::utils::ResourceCache;
use theater::{ManifestConfig, TheaterId};
use theater_handler_message_server::{MessageRouter, MessageServerHandler};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};

const CAPACITY: usize = 1 << 16;
/// After this long without a new event everything has arrived.
const QUIET: Duration = Duration::from_millis(250);
/// Longer than anything is waited for.
const LONGEST: Duration = Duration::from_secs(10);

type Kept = Arc<Mutex<Vec<(TheaterId, Vec<ChainEvent>)>>>;

struct Family {
    commands: mpsc::Sender<TheaterCommand>,
    router: MessageRouter,
    kept: Kept,
    callers: HashMap<String, TcpStream>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let manifest = words.next().context("MANIFEST is missing")?;
    let steps = std::fs::read_to_string(words.next().context("STEPS is missing")?)?;
    let folder = words.next().context("FOLDER is missing")?;

    let mut family = begun(Path::new(&manifest)).await?;
    let mut after = vec![family.settled().await];
    for step in steps.lines().filter(|line| !line.is_empty()) {
        family.play(step).await.with_context(|| step.to_string())?;
        after.push(family.settled().await);
    }
    family.write(Path::new(&folder), &after)?;
    std::process::exit(0);
}

async fn begun(path: &Path) -> Result<Family> {
    let manifest = ManifestConfig::from_toml_str(&std::fs::read_to_string(path)?)?;
    let wasm_bytes = std::fs::read(&manifest.package).with_context(|| manifest.package.clone())?;
    let (commands, received) = mpsc::channel(CAPACITY);
    let cache = Arc::new(ResourceCache::new());
    let router = MessageRouter::new();
    let mut handlers = HandlerRegistry::new();
    let runtime = theater_handler_runtime::RuntimeHandler::new(RuntimeHostConfig {}, commands.clone(), None);
    handlers.register(runtime.with_show_logs(false));
    handlers.register(theater_handler_store::StoreHandler::new(StoreHandlerConfig::default(), None));
    let supervisor = theater_handler_supervisor::SupervisorHandler::new(SupervisorHostConfig {}, None);
    handlers.register(supervisor.with_resource_cache(cache.clone()));
    handlers.register(MessageServerHandler::new(None, router.clone()));
    handlers.register(theater_handler_rpc::RpcHandler::new(commands.clone()));
    handlers.register(theater_handler_tcp::TcpHandler::new(TcpHandlerConfig::default()));
    handlers.register(theater_handler_terminal::TerminalHandler::new(TerminalHandlerConfig::default()));
    handlers.register(theater_handler_timer::TimerHandler::new(TimerHandlerConfig::default()));
    handlers.register(theater_handler_loop::LoopHandler::new());
    handlers.register(theater_handler_assembler::AssemblerHandler::new());
    let mut runtime = TheaterRuntime::new(commands.clone(), received, None, handlers, cache).await?;
    let (events, brought) = mpsc::channel(CAPACITY);
    runtime.add_global_subscription(events);
    tokio::spawn(async move {
        let _ = runtime.run().await;
    });
    let kept = Kept::default();
    tokio::spawn(keep(brought, kept.clone()));

    let init_state = match &manifest.initial_state {
        Some(text) => Value::String(text.clone()),
        None => theater::messages::default_init_state(),
    };
    let (response_tx, spawned) = oneshot::channel();
    let command = TheaterCommand::SpawnActor {
        wasm_bytes,
        name: Some(manifest.name.clone()),
        manifest: Some(manifest),
        init_state,
        response_tx,
        supervisor_tx: None,
        subscription_tx: None,
    };
    commands.send(command).await?;
    spawned.await??;
    Ok(Family { commands, router, kept, callers: HashMap::new() })
}

async fn keep(mut brought: mpsc::Receiver<(TheaterId, ChainEvent)>, kept: Kept) {
    while let Some((id, event)) = brought.recv().await {
        let mut kept = kept.lock().unwrap();
        match kept.iter_mut().find(|each| each.0 == id) {
            Some(each) => each.1.push(event),
            None => kept.push((id, vec![event])),
        }
    }
}

impl Family {
    async fn play(&mut self, step: &str) -> Result<()> {
        let words: Vec<&str> = step.split(' ').collect();
        match words[..] {
            ["call", number, export, hex] => {
                let (response_tx, handle) = oneshot::channel();
                let asked = TheaterCommand::GetActorHandle { actor_id: self.id(number)?, response_tx };
                self.commands.send(asked).await?;
                let handle = handle.await?.context("there is no such actor any more")?;
                let params = decode_value(&self.bytes(hex)?).map_err(|error| anyhow::anyhow!("{error}"))?;
                let called = handle.call_function(export.to_string(), params);
                if let Err(error) = tokio::time::timeout(LONGEST, called).await? {
                    eprintln!("{export}: {error}");
                }
            }
            ["send", number, hex] => {
                let message = ActorMessage::Send(ActorSend { data: self.bytes(hex)? });
                self.hand_over(number, message).await?;
            }
            ["request", number, hex] => {
                let (response_tx, reply) = oneshot::channel();
                let message = ActorMessage::Request(ActorRequest { response_tx, data: self.bytes(hex)? });
                self.hand_over(number, message).await?;
                let _ = tokio::time::timeout(LONGEST, reply).await?;
            }
            ["stop", number] => {
                let (response_tx, stopped) = oneshot::channel();
                self.commands.send(TheaterCommand::StopActor { actor_id: self.id(number)?, response_tx }).await?;
                let _ = stopped.await?;
            }
            ["wait", milliseconds] => tokio::time::sleep(Duration::from_millis(milliseconds.parse()?)).await,
            ["connect", address] => {
                self.callers.insert(self.callers.len().to_string(), TcpStream::connect(address).await?);
            }
            ["say", number, hex] => {
                let data = self.bytes(hex)?;
                self.caller(number)?.write_all(&data).await?;
            }
            ["hear", number, count] => {
                let mut heard = vec![0; count.parse()?];
                tokio::time::timeout(LONGEST, self.caller(number)?.read_exact(&mut heard)).await??;
            }
            ["leave", number] => self.caller(number)?.shutdown().await?,
            _ => bail!("there is no such step"),
        }
        Ok(())
    }

    async fn hand_over(&self, number: &str, message: ActorMessage) -> Result<()> {
        let (response_tx, taken) = oneshot::channel();
        let command = MessageCommand::SendMessage { target_id: self.id(number)?, message, response_tx };
        self.router.route_message(command).await?;
        taken.await?
    }

    fn caller(&mut self, number: &str) -> Result<&mut TcpStream> {
        self.callers.get_mut(number).context("there is no such caller")
    }

    fn id(&self, number: &str) -> Result<TheaterId> {
        let number: usize = number.parse()?;
        Ok(actors(&self.kept.lock().unwrap()).get(number).context("there is no such actor")?.parse()?)
    }

    /// The bytes of a step, with the ids that it has numbers for.
    fn bytes(&self, hex: &str) -> Result<Vec<u8>> {
        let mut bytes = hex::decode(hex)?;
        let kept = self.kept.lock().unwrap();
        let actors = actors(&kept).into_iter().enumerate();
        let channels = channels(&kept).into_iter().enumerate();
        let known = actors
            .map(|(number, id)| (format!("00000000-0000-0000-0000-{number:012}"), id))
            .chain(channels.map(|(number, id)| (format!("ch_{number:016}"), id)));
        for (standing, id) in known {
            while let Some(at) = bytes.windows(standing.len()).position(|window| window == standing.as_bytes()) {
                bytes[at..at + id.len()].copy_from_slice(id.as_bytes());
            }
        }
        Ok(bytes)
    }

    /// How many events each actor has, once no more come.
    async fn settled(&self) -> Vec<usize> {
        let mut counts = Vec::new();
        loop {
            let now: Vec<usize> = self.kept.lock().unwrap().iter().map(|each| each.1.len()).collect();
            if now == counts {
                return counts;
            }
            counts = now;
            tokio::time::sleep(QUIET).await;
        }
    }

    fn write(&self, folder: &Path, after: &[Vec<usize>]) -> Result<()> {
        std::fs::create_dir_all(folder)?;
        let mut index = Vec::new();
        for (number, (id, events)) in self.kept.lock().unwrap().iter().enumerate() {
            let file = format!("{number}.json");
            std::fs::write(folder.join(&file), serde_json::to_string(events)? + "\n")?;
            let counts: Vec<usize> = after.iter().map(|each| each.get(number).copied().unwrap_or(0)).collect();
            index.push(serde_json::json!({
                "id": id.to_string(),
                "file": file,
                "events": events.len(),
                "head": events.last().map(|event| hex::encode(&event.hash)),
                "after": counts,
            }));
        }
        std::fs::write(folder.join("family.json"), serde_json::to_string(&index)? + "\n")?;
        Ok(())
    }
}

/// The ids of actors: of those that recorded anything in the order in which they began, then of those that were resumed
/// and have recorded nothing yet.
fn actors(kept: &[(TheaterId, Vec<ChainEvent>)]) -> Vec<String> {
    let mut found: Vec<String> = kept.iter().map(|each| each.0.to_string()).collect();
    for event in kept.iter().flat_map(|each| &each.1).filter(|event| event.event_type.ends_with("/resume")) {
        // A text that is an id alone stands behind its length.
        let texts = event.data.windows(40).filter(|window| window[..4] == 36u32.to_le_bytes());
        for id in texts.filter_map(|window| std::str::from_utf8(&window[4..]).ok()) {
            if id.parse::<TheaterId>().is_ok() && !found.iter().any(|each| each == id) {
                found.push(id.to_string());
            }
        }
    }
    found
}

/// The ids of channels in the order in which they are first mentioned.
fn channels(kept: &[(TheaterId, Vec<ChainEvent>)]) -> Vec<String> {
    let mut found = Vec::new();
    for event in kept.iter().flat_map(|each| &each.1) {
        let text = String::from_utf8_lossy(&event.data).into_owned();
        for (at, _) in text.match_indices("ch_") {
            let id: String = text[at..].chars().take(19).collect();
            let is_id = id.len() == 19 && id[3..].bytes().all(|byte| byte.is_ascii_hexdigit());
            if is_id && !found.contains(&id) {
                found.push(id);
            }
        }
    }
    found
}
