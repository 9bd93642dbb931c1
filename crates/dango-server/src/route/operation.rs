//! A route's entry in the OpenAPI document while its parts describe themselves.

use utoipa::openapi::content::Content;
use utoipa::openapi::header::Header;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{Ref, RefOr, Required};
use utoipa::{PartialSchema, ToSchema};

/// Named schemas that an operation refers to.
pub(super) type Schemas = Vec<(String, RefOr<Schema>)>;

/// What is known about an operation so far.
#[derive(Default)]
pub struct OperationDraft {
    /// Parameters of path, query and headers.
    pub parameters: Vec<Parameter>,
    /// The body.
    pub body: Option<RequestBody>,
    /// Answers by status, refusals left out.
    pub answers: Vec<(u16, Response)>,
    /// Schemas to put among the components.
    pub schemas: Schemas,
    /// Statuses of refusals that follow from the parameters.
    pub refusals: Vec<u16>,
}

impl OperationDraft {
    /// Takes a type's schema up and gives the reference to it.
    pub fn schema<T: ToSchema>(&mut self) -> RefOr<Schema> {
        T::schemas(&mut self.schemas);
        if T::name().is_empty() || !is_component(&T::schema()) {
            return T::schema();
        }
        self.schemas.push((T::name().into_owned(), T::schema()));
        Ref::from_schema_name(T::name()).into()
    }

    /// Says that the operation takes a JSON body.
    pub fn takes_json<T: ToSchema>(&mut self, required: bool) {
        let content = Content::new(Some(self.schema::<T>()));
        let needed = if required {
            Required::True
        } else {
            Required::False
        };
        let body = RequestBodyBuilder::new()
            .content("application/json", content)
            .required(Some(needed))
            .build();
        self.body = Some(body);
        self.refusals.extend([400, 408, 413, 415]);
    }

    /// Says that the operation takes a parameter.
    pub fn takes(&mut self, parameter: Parameter) {
        self.parameters.push(parameter);
    }

    /// Says that the operation takes a header.
    pub fn takes_header(&mut self, name: &str, description: &str) {
        let schema = ObjectBuilder::new().schema_type(Type::String).build();
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(description))
            .schema(Some(schema))
            .build();
        self.takes(parameter);
    }

    /// Says that the operation answers with a JSON body.
    pub fn answers_json<T: ToSchema>(&mut self, status: u16) {
        let content = Content::new(Some(self.schema::<T>()));
        self.answers_as(status, "application/json", content);
    }

    /// Says that the operation answers with a body of some type.
    pub fn answers_as(&mut self, status: u16, media_type: &str, content: Content) {
        let response = ResponseBuilder::new()
            .description(reason(status))
            .content(media_type, content)
            .build();
        self.answers.push((status, response));
    }

    /// Says that an answer described before comes in other types as well, as text.
    pub fn answers_also_as(&mut self, status: u16, media_types: &[&str]) {
        for (_, response) in self
            .answers
            .iter_mut()
            .filter(|(known, _)| *known == status)
        {
            for media_type in media_types {
                let content = Content::new(Some(String::schema()));
                response
                    .content
                    .insert((*media_type).to_owned(), content.into());
            }
        }
    }

    /// Says that the operation answers with some JSON object.
    pub fn answers_object(&mut self, status: u16) {
        let object = ObjectBuilder::new().schema_type(Type::Object).build();
        let schema = RefOr::T(Schema::Object(object));
        self.answers_as(status, "application/json", Content::new(Some(schema)));
    }

    /// Says that the operation answers with text.
    pub fn answers_text(&mut self, status: u16, media_type: &str) {
        self.answers_as(status, media_type, Content::new(Some(String::schema())));
    }

    /// Says that the operation answers without a body.
    pub fn answers_empty(&mut self, status: u16) {
        let response = ResponseBuilder::new().description(reason(status)).build();
        self.answers.push((status, response));
    }

    /// Adds a header to the answers so far.
    pub fn answers_with_header(&mut self, name: &str, description: &str) {
        for (_, response) in &mut self.answers {
            let mut header = Header::default();
            header.description = Some(description.to_owned());
            response.headers.insert(name.to_owned(), header.into());
        }
    }
}

fn is_component(schema: &RefOr<Schema>) -> bool {
    match schema {
        RefOr::Ref(_) => false,
        RefOr::T(schema) => {
            matches!(
                schema,
                Schema::Object(object) if !object.properties.is_empty() || object.additional_properties.is_some()
            ) || matches!(
                schema,
                Schema::OneOf(_) | Schema::AllOf(_) | Schema::AnyOf(_)
            )
        }
    }
}

/// The standard words for a status (RFC 9110 §15).
pub fn reason(status: u16) -> &'static str {
    let status = actix_web::http::StatusCode::from_u16(status).ok();
    status
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Answer")
}
