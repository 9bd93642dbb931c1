//! From bytes to a tree of values, refusing what one parser reads so and another otherwise.

use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::MAX_DEPTH;
use super::fault::{Fault, FaultKind};

/// Parses one JSON text; duplicate members, trailing text and deep nesting are faults.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, Fault> {
    let mut parser = serde_json::Deserializer::from_slice(bytes);
    let mut duplicate = None;
    let seed = Tree {
        depth: 0,
        duplicate: &mut duplicate,
    };
    let parsed = seed
        .deserialize(&mut parser)
        .and_then(|value| parser.end().map(|()| value));
    match (parsed, duplicate) {
        (_, Some(fault)) => Err(fault),
        (Ok(value), None) => Ok(value),
        (Err(error), None) => Err(syntax(&error)),
    }
}

/// SECURITY: tells the place only, because serde's words may repeat the value.
fn syntax(error: &serde_json::Error) -> Fault {
    let (line, column) = (error.line(), error.column());
    let what = if error.is_eof() {
        "ends too early"
    } else {
        "is not valid JSON"
    };
    Fault::new(
        FaultKind::Syntax,
        format!("the body {what} (line {line}, column {column})"),
    )
}

/// Builds one value; the first duplicate member found is put aside with its path.
struct Tree<'a> {
    depth: usize,
    duplicate: &'a mut Option<Fault>,
}

impl<'a> Tree<'a> {
    fn inner<'b, E: serde::de::Error>(&'b mut self) -> Result<Tree<'b>, E>
    where
        'a: 'b,
    {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom("nested too deeply"));
        }
        Ok(Tree {
            depth: self.depth + 1,
            duplicate: self.duplicate,
        })
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, parser: D) -> Result<Value, D::Error> {
        parser.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            let element = elements.next_element_seed(self.inner()?);
            note_place::<A::Error>(self.duplicate, |fault| fault.in_element(list.len()))?;
            match element? {
                Some(value) => list.push(value),
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(self.inner()?);
            note_place::<A::Error>(self.duplicate, |fault| fault.in_member(&name))?;
            if object.contains_key(&name) {
                *self.duplicate = Some(Fault::duplicate(&name));
                return Err(A::Error::custom("duplicate member"));
            }
            object.insert(name, value?);
        }
        Ok(Value::Object(object))
    }
}

/// A duplicate found further in learns where it is on its way out.
fn note_place<E: serde::de::Error>(
    duplicate: &mut Option<Fault>,
    place: impl FnOnce(Fault) -> Fault,
) -> Result<(), E> {
    match duplicate.take() {
        None => Ok(()),
        Some(fault) => {
            *duplicate = Some(place(fault));
            Err(E::custom("duplicate member"))
        }
    }
}
