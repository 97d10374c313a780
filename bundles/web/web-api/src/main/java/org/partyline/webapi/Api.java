package org.partyline.webapi;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Conversations.Conversation;
import org.partyline.api.json.ConversationView;
import org.partyline.api.json.Json;
import org.partyline.api.json.MessageView;
import org.partyline.api.sending.SendOnce;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebHandler;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebRequest;
import org.partyline.api.web.WebResponse;
import org.partyline.api.web.WebToken;

/** The routes of the API. */
final class Api implements WebHandler {
    private static final int USUAL_PAGE = 50;

    private final ApiServices services;
    private final Sending sending;
    private final List<Route> routes;

    Api(ApiServices services, Clock clock, SecureRandom random) {
        this.services = services;
        this.sending = new Sending(services, new SendOnce(clock, random));
        Reading reading = new Reading(services);
        Log log = new Log(services);
        Readiness readiness = new Readiness(services, clock);
        this.routes = List.of(
                open("/livez", request -> WebResponse.json(200, "{\"status\":\"live\"}")),
                open("/readyz", request -> readiness.answer()),
                open("/v1/openapi.json", request -> WebResponse.json(200, OpenApi.document())),
                new Route("GET", "/v1/status", Optional.of(Scope.READ), this::status),
                new Route("GET", "/v1/conversations", Optional.of(Scope.READ), this::conversations),
                new Route("GET", "/v1/conversations/{id}/messages", Optional.of(Scope.READ), this::messages),
                new Route("GET", "/v1/events", Optional.of(Scope.READ), log::events),
                new Route("GET", "/v1/consumers/{name}", Optional.of(Scope.READ), log::consumer),
                new Route("POST", "/v1/consumers/{name}/ack", Optional.of(Scope.READ), log::acknowledge),
                new Route(
                        "POST",
                        "/v1/conversations/{id}/messages",
                        Optional.of(Scope.SEND),
                        request -> sending.answer(request, conversation(request))),
                new Route(
                        "POST",
                        "/v1/conversations/{id}/read",
                        Optional.of(Scope.SEND),
                        request -> reading.mark(request, conversation(request))),
                new Route(
                        "GET",
                        "/v1/conversations/{id}/contact",
                        Optional.of(Scope.READ),
                        request -> reading.contact(conversation(request))),
                new Route("POST", "/v1/messages/{id}/read", Optional.of(Scope.SEND), reading::show),
                new Route("POST", "/v1/messages/{id}/reaction", Optional.of(Scope.SEND), reading::react),
                new Route("POST", "/v1/messages/{id}/edit", Optional.of(Scope.SEND), reading::edit),
                new Route("POST", "/v1/messages/{id}/recall", Optional.of(Scope.SEND), reading::recall),
                new Route("GET", "/v1/outbox/{id}", Optional.of(Scope.READ), reading::outgoing));
    }

    private static Route open(String path, Action action) {
        return new Route("GET", path, Optional.empty(), action);
    }

    @Override
    public List<Route> routes() {
        return routes;
    }

    private WebResponse status(WebRequest request) throws PartylineException {
        if (request.caller().isLimited()) {
            throw new WebProblem(
                    403,
                    "Not allowed",
                    "this token is limited to some conversations, and the status shows all of them");
        }
        return WebResponse.json(200, services.status().json());
    }

    private WebResponse conversations(WebRequest request) throws PartylineException {
        return WebResponse.json(200, Json.write(ConversationView.All.of(visible(request.caller()))));
    }

    private WebResponse messages(WebRequest request) throws PartylineException {
        Conversation conversation = conversation(request);
        OptionalLong before = RequestNumbers.in(request.query(), "before", 1, Long.MAX_VALUE);
        long most = RequestNumbers.in(request.query(), "limit", 1, Conversations.MOST)
                .orElse(USUAL_PAGE);
        return WebResponse.json(
                200, Json.write(MessageView.All.of(services.conversations().history(conversation.place(), before, (int)
                        most))));
    }

    /** The conversations that a token covers. */
    private List<Conversation> visible(WebToken token) throws PartylineException {
        return services.conversations().list().stream()
                .filter(one -> token.covers(one.id()))
                .toList();
    }

    /** The conversation of that id, or of that name where only one has it. */
    private Conversation conversation(WebRequest request) throws PartylineException {
        String given = request.path().get("id");
        List<Conversation> all = visible(request.caller());
        List<Conversation> found =
                all.stream().filter(one -> one.id().equals(given)).toList();
        if (found.isEmpty()) {
            found = all.stream().filter(one -> one.name().equals(given)).toList();
        }
        if (found.isEmpty()) {
            throw new WebProblem(404, "Not found", "there is no such conversation, or this token does not cover it");
        }
        if (found.size() > 1) {
            throw new WebProblem(
                    409, "Ambiguous", "several conversations have this name: use an id of /v1/conversations");
        }
        return found.get(0);
    }
}
