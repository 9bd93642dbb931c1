//! What it takes to remember somebody, and that no more are remembered than there is room for.

use std::sync::Arc;

use dango_auth::core::audit::{Origin, Via};
use dango_auth::core::id::SessionId;
use dango_auth::core::session::{Session, Transport};
use dango_auth::core::token::SessionToken;
use dango_auth::ports::{SessionReads as _, SessionWrites as _};
use dango_auth::sessions::Presented;
use dango_auth::{Auth, Recogniser};
use dango_auth_store::StoreError;

use super::scene::Scene;
use crate::effort::Effort;
use crate::generate::mixed;
use crate::measure::Spread;
use crate::place::{Hashing, Place};
use crate::report::{Budget, Row};
use crate::{Failure, child};

/// Fills a memory, then one with room for a quarter of them.
pub(crate) fn run(effort: Effort) -> Result<Vec<Row>, Failure> {
    let scene = Scene::with(Place::new(Hashing::Free)?, 1)?;
    let tokens = sessions(&scene, effort.pick(20, 2_048, 8_192))?;
    let auth = &scene.place.auth;
    let mut small = Recogniser::remembering(auth, tokens.len() / 4);
    // First, so that what reading from the database takes is there when the other one is filled.
    fill(auth, &mut small, &tokens)?;
    let (remembered, mut memory) = (small.len(), auth.recogniser());
    drop(small);
    let before = child::resident("self")?;
    fill(auth, &mut memory, &tokens)?;
    let grown = (child::resident("self")? - before) * 1_024.0;
    let one = |figure: f64| Spread::of(vec![figure]);
    let each = grown.max(0.0) / memory.len() as f64;
    let room = (tokens.len() / 4) as f64;
    Ok(vec![
        Row::alone(
            format!("one of {} sessions", memory.len()),
            "KiB",
            one(each),
        ),
        Row::alone(
            "remembered where there is room for a quarter",
            "sessions",
            one(remembered as f64),
        )
        .within(Budget::AtMost(room)),
    ])
}

/// So many sessions of one person; their tokens.
fn sessions(scene: &Scene, count: usize) -> Result<Vec<SessionToken>, Failure> {
    let store = scene.place.store()?;
    let known = store.read(|tx| tx.sessions_of(scene.ann))?;
    let known = known.first().ok_or("somebody without a session")?;
    let token = |number| {
        let mut random = [0; 32];
        for (part, bytes) in random.chunks_exact_mut(8).enumerate() {
            bytes.copy_from_slice(&mixed(number ^ (part << 40)).to_be_bytes());
        }
        SessionToken::from_random(random)
    };
    let tokens: Vec<SessionToken> = (0..count).map(token).collect();
    store.write(|tx| {
        for (number, token) in tokens.iter().enumerate() {
            tx.insert_session(&Session {
                id: SessionId::from_random(crate::generate::id(number)),
                token_hash: token.hash(),
                ..known.clone()
            })?;
        }
        Ok::<_, StoreError>(())
    })?;
    Ok(tokens)
}

fn fill(auth: &Auth, memory: &mut Recogniser, tokens: &[SessionToken]) -> Result<(), Failure> {
    for token in tokens {
        let origin = Arc::new(Origin::local(Via::Api));
        let presented = Presented::Session {
            token: token.expose(),
            transport: Transport::Bearer,
        };
        let found = auth.look_up(presented, &origin)?;
        let _ = memory.keep(found, origin)?;
    }
    Ok(())
}
