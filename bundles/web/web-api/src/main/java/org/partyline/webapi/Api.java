package org.partyline.webapi;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
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
        People people = new People(services);
        Purse purse = new Purse(services, clock);
        Memberships memberships = new Memberships(services);
        Server server = new Server(services);
        this.routes = List.of(
                open("/livez", request -> WebResponse.json(200, "{\"status\":\"live\"}")),
                open("/readyz", request -> readiness.answer()),
                open("/v1/openapi.json", request -> WebResponse.json(200, OpenApi.document())),
                new Route("GET", "/v1/status", Set.of(Scope.READ, Scope.ADMIN), this::status),
                get("/v1/conversations", Scope.READ, this::conversations),
                get("/v1/conversations/{id}/messages", Scope.READ, this::messages),
                get("/v1/events", Scope.READ, log::events),
                get("/v1/consumers/{name}", Scope.READ, log::consumer),
                post("/v1/consumers/{name}/ack", Scope.READ, log::acknowledge),
                post(
                        "/v1/conversations/{id}/messages",
                        Scope.SEND,
                        request -> sending.answer(request, conversation(request))),
                post(
                        "/v1/conversations/{id}/read",
                        Scope.SEND,
                        request -> reading.mark(request, conversation(request))),
                get("/v1/conversations/{id}/contact", Scope.READ, request -> reading.contact(conversation(request))),
                post("/v1/messages/{id}/read", Scope.SEND, reading::show),
                post("/v1/messages/{id}/reaction", Scope.SEND, sending::react),
                post("/v1/messages/{id}/edit", Scope.SEND, sending::edit),
                post("/v1/messages/{id}/recall", Scope.SEND, sending::recall),
                get("/v1/outbox/{id}", Scope.READ, reading::outgoing),
                post("/v1/search", Scope.READ, reading::search),
                get(
                        "/v1/conversations/{id}/members",
                        Scope.READ,
                        request -> memberships.members(conversation(request))),
                get("/v1/conversations/{id}/invite", Scope.ADMIN, request -> memberships.invite(conversation(request))),
                post("/v1/channels", Scope.ADMIN, memberships::join),
                get("/v1/contacts", Scope.READ, people::contacts),
                post("/v1/contacts", Scope.SEND, people::add),
                get("/v1/personas", Scope.READ, people::personas),
                get("/v1/personas/{name}/card", Scope.READ, people::card),
                post("/v1/qr", Scope.READ, people::code),
                get("/v1/fees", Scope.READ, server::fees),
                get("/v1/mempool", Scope.READ, server::mempool),
                get("/v1/wallets", Scope.WALLET, purse::wallets),
                post("/v1/wallets/address", Scope.WALLET, purse::address),
                get("/v1/spending", Scope.WALLET, purse::spending),
                get("/v1/nodes", Scope.ADMIN, server::nodes),
                get("/v1/doctor", Scope.ADMIN, server::doctor),
                get("/v1/suites", Scope.ADMIN, server::suites),
                post("/v1/lock", Scope.ADMIN, server::lock),
                post("/v1/qr/read", Scope.READ, people::readCode));
    }

    private static Route get(String path, Scope scope, Action action) {
        return new Route("GET", path, Set.of(scope), action);
    }

    private static Route post(String path, Scope scope, Action action) {
        return new Route("POST", path, Set.of(scope), action);
    }

    private static Route open(String path, Action action) {
        return new Route("GET", path, Set.of(), action);
    }

    @Override
    public List<Route> routes() {
        return routes;
    }

    private WebResponse status(WebRequest request) throws PartylineException {
        TokenLimits.requireWhole(request, "the status");
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

    /** The conversations that a token may access. */
    private List<Conversation> visible(WebToken token) throws PartylineException {
        return services.conversations().list().stream().filter(token::covers).toList();
    }

    /** The conversation with this id, or with this name if it is unique. */
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
