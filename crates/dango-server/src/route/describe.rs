//! How handlers' parameters and answers describe themselves.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use dango_auth_actix::extract::{Form, Id, Json, OptionalJson, Query};
use dango_auth_actix::{Doorway, Empty, Gate, Refusal, Reply, Requirement};
use utoipa::openapi::Required;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::{IntoParams, ToSchema};

use super::OperationDraft;
use crate::metrics::Metrics;

/// All parameters of a handler: a gate, then parts.
pub trait Takes {
    /// What the gate asks.
    const REQUIREMENT: Requirement;

    /// Adds the parts to the description.
    fn describe(draft: &mut OperationDraft);
}

/// One parameter of a handler after the gate.
pub trait Part {
    /// Adds it to the description.
    fn describe(draft: &mut OperationDraft);
}

macro_rules! takes {
    ($($part:ident)*) => {
        impl<G: Gate $(, $part: Part)*> Takes for (G, $($part,)*) {
            const REQUIREMENT: Requirement = G::REQUIREMENT;

            fn describe(draft: &mut OperationDraft) {
                let _ = &draft;
                $($part::describe(draft);)*
            }
        }
    };
}

takes! {}
takes! { A }
takes! { A B }
takes! { A B C }
takes! { A B C D }
takes! { A B C D E }

impl<T: ToSchema> Part for Json<T> {
    fn describe(draft: &mut OperationDraft) {
        draft.takes_json::<T>(true);
    }
}

impl<T: ToSchema> Part for OptionalJson<T> {
    fn describe(draft: &mut OperationDraft) {
        draft.takes_json::<T>(false);
    }
}

impl<T: IntoParams> Part for Query<T> {
    fn describe(draft: &mut OperationDraft) {
        for parameter in T::into_params(|| Some(ParameterIn::Query)) {
            draft.takes(parameter);
        }
        draft.refusals.push(400);
    }
}

impl<T> Part for Id<T> {
    fn describe(draft: &mut OperationDraft) {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
            .build();
        let parameter = ParameterBuilder::new()
            .name(dango_auth_actix::extract::ID)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(schema))
            .build();
        draft.takes(parameter);
        draft.refusals.push(404);
    }
}

/// Parts that clients do not see.
macro_rules! silent {
    ($($part:ty),+) => {
        $(impl Part for $part {
            fn describe(_: &mut OperationDraft) {}
        })+
    };
}

silent!(Doorway, HttpRequest, Data<Metrics>);

/// Forms are the pages' business and not in the document.
impl<T> Part for Form<T> {
    fn describe(_: &mut OperationDraft) {}
}

/// What a handler answers when it does not refuse.
pub trait Answers {
    /// Adds it to the description.
    fn describe(draft: &mut OperationDraft);
}

impl<T: Answers, E> Answers for Result<T, Refusal<E>> {
    fn describe(draft: &mut OperationDraft) {
        T::describe(draft);
    }
}

impl<T: Answers> Answers for Result<T, dango_auth_actix::Problem> {
    fn describe(draft: &mut OperationDraft) {
        T::describe(draft);
    }
}

impl<T: ToSchema, const STATUS: u16> Answers for Reply<T, STATUS> {
    fn describe(draft: &mut OperationDraft) {
        draft.answers_json::<T>(STATUS);
    }
}

impl Answers for Empty {
    fn describe(draft: &mut OperationDraft) {
        draft.answers_empty(204);
    }
}

/// An answer in a form of its own; a route that gives one is not in the document or says more itself.
impl Answers for HttpResponse {
    fn describe(_: &mut OperationDraft) {}
}
