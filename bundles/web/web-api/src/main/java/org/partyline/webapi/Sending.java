package org.partyline.webapi;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Conversations.Conversation;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.Price;
import org.partyline.api.json.Json;
import org.partyline.api.json.RecallView;
import org.partyline.api.json.ReceiptView;
import org.partyline.api.sending.KeyUsedException;
import org.partyline.api.sending.RecallOnce;
import org.partyline.api.sending.SendOnce;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebRequest;
import org.partyline.api.web.WebResponse;
import org.partyline.api.web.WebToken;

/** Sends, edits and recalls messages of programs, each exactly once, within the limits of their tokens. */
final class Sending {
    private static final int OVER_LIMIT = 403;

    private final ApiServices services;
    private final SendOnce once;

    Sending(ApiServices services, SendOnce once) {
        this.services = services;
        this.once = once;
    }

    /** The body of a reaction; an empty one withdraws the previous reaction. */
    record Wish(@Nullable String reaction) {}

    /** The body of an edit. */
    record Words(@Nullable String text) {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "Words";
        }
    }

    /** The price of a message that is not sent. */
    record PriceView(
            int packets,
            int bytes,
            @Nullable Long estimatedFeeSat,
            @Nullable Long marginSat,
            List<String> warnings) {
        static PriceView of(Price price) {
            return new PriceView(
                    price.packets(),
                    price.bytes(),
                    price.fee().orElse(null),
                    price.fee().isPresent() ? price.margin() : null,
                    price.warnings());
        }
    }

    WebResponse answer(WebRequest request, Conversation to) throws PartylineException {
        SendBody body = SendBody.read(request);
        Messages messages = services.messages();
        if (body.isDryRun()) {
            return WebResponse.json(200, Json.write(PriceView.of(messages.price(body.to(to)))));
        }
        return sent(request, to.id(), alongside -> messages.send(body.to(to), alongside));
    }

    WebResponse react(WebRequest request) throws PartylineException {
        String reaction = Body.read(request, Wish.class).reaction();
        if (reaction == null) {
            throw Body.wrong("the body has no reaction: send one, or an empty text to remove the last one");
        }
        TokenLimits.requireUnlimited(request, "react");
        Conversations conversations = services.conversations();
        long id = Reading.covered(services, request).id();
        return sent(request, "reaction " + id, alongside -> conversations.react(id, reaction, alongside));
    }

    WebResponse edit(WebRequest request) throws PartylineException {
        String text = Body.read(request, Words.class).text();
        if (text == null || text.isEmpty()) {
            throw Body.wrong("the body has no text: send a JSON object with the field text");
        }
        TokenLimits.requireUnlimited(request, "edit");
        Conversations conversations = services.conversations();
        long id = Reading.covered(services, request).id();
        return sent(request, "edit " + id, alongside -> conversations.edit(id, text, alongside));
    }

    private WebResponse sent(WebRequest request, String about, SendOnce.Sender sender) throws PartylineException {
        WebToken token = request.caller();
        SendOnce.Call call = call(request, about);
        try {
            String document;
            try {
                document = sent(token, call, sender, Map.of());
            } catch (WebProblem e) {
                if (e.status() != OVER_LIMIT) {
                    throw e;
                }
                // Only near the limit: it reads all outgoing messages.
                document = sent(token, call, sender, settled());
            }
            return WebResponse.json(
                    202,
                    TokenLimits.seesServer(token)
                            ? document
                            : Json.write(Json.read(document, ReceiptView.class).withoutServer()));
        } catch (KeyUsedException e) {
            throw new WebProblem(409, "Key used before", e.getMessage());
        } catch (PartylineException e) {
            throw TokenLimits.seen(token, e);
        }
    }

    private String sent(WebToken token, SendOnce.Call call, SendOnce.Sender sender, Map<Long, Long> settled)
            throws PartylineException {
        return once.send(
                        services.store(),
                        call,
                        token.dailySat().isPresent(),
                        sender,
                        (tx, sat) -> requireWithinLimit(tx, token, sat, settled))
                .document();
    }

    private SendOnce.Call call(WebRequest request, String about) throws WebProblem {
        String owner = request.caller().id();
        String key = request.headers().get("idempotency-key");
        if (key != null && !SendOnce.isKey(key)) {
            throw new WebProblem(400, "Bad request", "an Idempotency-Key has " + SendOnce.KEY_RULE);
        }
        return key == null ? once.call(owner) : SendOnce.call(owner, key, about, request.body());
    }

    /** As far as possible: a message that has not left is cancelled, and unconfirmed transactions are replaced. */
    WebResponse recall(WebRequest request) throws PartylineException {
        TokenLimits.requireUnlimited(request, "recall");
        Outgoing outgoing = Reading.coveredOutgoing(services, request);
        try {
            String document = new RecallOnce(services.messages(), services.store(), once)
                    .recall(call(request, "recall " + outgoing.id()), outgoing, true)
                    .document();
            return WebResponse.json(
                    200,
                    TokenLimits.seesServer(request.caller())
                            ? document
                            : Json.write(Json.read(document, RecallView.class).withoutServer()));
        } catch (KeyUsedException e) {
            throw new WebProblem(409, "Key used before", e.getMessage());
        } catch (PartylineException e) {
            throw TokenLimits.seen(request.caller(), e);
        }
    }

    /** The costs of messages in a final state, by their numbers. */
    private Map<Long, Long> settled() throws PartylineException {
        return services.messages().outbox(true).stream()
                .filter(one -> one.state().isSettled())
                .collect(Collectors.toMap(Outgoing::id, Outgoing::fee));
    }

    private void requireWithinLimit(StoreTransaction tx, WebToken token, OptionalLong sat, Map<Long, Long> settled)
            throws StoreException, WebProblem {
        if (token.dailySat().isEmpty()) {
            return;
        }
        if (sat.isEmpty()) {
            throw new WebProblem(
                    503,
                    "Not available",
                    "no node gives an estimate of the fee, so the token's spending limit cannot be checked: try again later");
        }
        long limit = token.dailySat().getAsLong();
        long left = Math.max(0, limit - once.spent(tx, token.id(), settled));
        if (sat.getAsLong() > left) {
            throw new WebProblem(
                    OVER_LIMIT,
                    "Spending limit",
                    "the message may cost " + sat.getAsLong() + " sat, and of the token's " + limit + " sat a day "
                            + left + " sat are left");
        }
    }
}
