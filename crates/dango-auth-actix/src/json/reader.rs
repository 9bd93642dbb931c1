//! From a tree of values to a body type.

use serde::Deserializer;
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, Visitor,
};
use serde_json::{Map, Value};

use super::fault::{Fault, FaultKind};

/// How numbers and flags are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalars {
    /// As JSON numbers and flags.
    Typed,
    /// As text, because queries and forms have nothing else.
    Text,
}

/// Reads a tree into `T`.
pub(super) fn read<T: DeserializeOwned>(value: Value, scalars: Scalars) -> Result<T, Fault> {
    T::deserialize(Reader { value, scalars })
}

struct Reader {
    value: Value,
    scalars: Scalars,
}

impl Reader {
    fn wrong(expected: &str) -> Fault {
        Fault::new(FaultKind::WrongType, format!("must be {expected}"))
    }

    fn text(&self) -> Option<&str> {
        match self.scalars {
            Scalars::Text => self.value.as_str(),
            Scalars::Typed => None,
        }
    }
}

macro_rules! from_text_or_any {
    ($($method:ident as $kind:ty, $visit:ident, $expected:literal;)+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            match self.text().map(str::parse::<$kind>) {
                Some(Ok(value)) => visitor.$visit(value),
                Some(Err(_)) => Err(Self::wrong($expected)),
                None => self.deserialize_any(visitor),
            }
        })+
    };
}

impl<'de> Deserializer<'de> for Reader {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let scalars = self.scalars;
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(flag),
            Value::String(text) => visitor.visit_string(text),
            Value::Array(list) => visitor.visit_seq(Elements::of(list, scalars)),
            Value::Object(members) => visitor.visit_map(Members::of(members, scalars)),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(number), _) => visitor.visit_u64(number),
                (None, Some(number)) => visitor.visit_i64(number),
                (None, None) => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
            },
        }
    }

    from_text_or_any! {
        deserialize_bool as bool, visit_bool, "true or false";
        deserialize_u8 as u8, visit_u8, "a whole number";
        deserialize_u16 as u16, visit_u16, "a whole number";
        deserialize_u32 as u32, visit_u32, "a whole number";
        deserialize_u64 as u64, visit_u64, "a whole number";
        deserialize_i64 as i64, visit_i64, "a whole number";
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.value.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if self.value.is_object() {
            self.deserialize_any(visitor)
        } else {
            Err(Self::wrong("an object"))
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_struct("", &[], visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match &self.value {
            Value::String(text) => {
                let text: StrDeserializer<'_, Fault> = text.as_str().into_deserializer();
                visitor.visit_enum(text)
            }
            _ => Err(Self::wrong("text")),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.value.is_array() {
            self.deserialize_any(visitor)
        } else {
            Err(Self::wrong("a list"))
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.value.is_string() {
            self.deserialize_any(visitor)
        } else {
            Err(Self::wrong("text"))
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct
        identifier ignored_any
    }
}

struct Elements {
    rest: std::iter::Enumerate<std::vec::IntoIter<Value>>,
    scalars: Scalars,
}

impl Elements {
    fn of(list: Vec<Value>, scalars: Scalars) -> Self {
        Self {
            rest: list.into_iter().enumerate(),
            scalars,
        }
    }
}

impl<'de> SeqAccess<'de> for Elements {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        let Some((index, value)) = self.rest.next() else {
            return Ok(None);
        };
        let reader = Reader {
            value,
            scalars: self.scalars,
        };
        seed.deserialize(reader)
            .map(Some)
            .map_err(|fault| fault.in_element(index))
    }
}

struct Members {
    rest: serde_json::map::IntoIter,
    pending: Option<(String, Value)>,
    scalars: Scalars,
}

impl Members {
    fn of(members: Map<String, Value>, scalars: Scalars) -> Self {
        Self {
            rest: members.into_iter(),
            pending: None,
            scalars,
        }
    }
}

impl<'de> MapAccess<'de> for Members {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        self.pending = self.rest.next();
        let Some((name, _)) = &self.pending else {
            return Ok(None);
        };
        let key: StrDeserializer<'_, Fault> = name.as_str().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let Some((name, value)) = self.pending.take() else {
            return Err(Fault::invalid_value(Unexpected::Map, &"a member"));
        };
        let reader = Reader {
            value,
            scalars: self.scalars,
        };
        seed.deserialize(reader)
            .map_err(|fault| fault.in_member(&name))
    }
}
