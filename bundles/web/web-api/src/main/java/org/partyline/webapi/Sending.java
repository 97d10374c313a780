package org.partyline.webapi;

import java.util.List;
import java.util.OptionalLong;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations.Conversation;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Price;
import org.partyline.api.json.Json;
import org.partyline.api.sending.KeyUsedException;
import org.partyline.api.sending.SendOnce;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebRequest;
import org.partyline.api.web.WebResponse;
import org.partyline.api.web.WebToken;

/** Sends messages of programs, each exactly once, within the limits of their tokens. */
final class Sending {
    private final ApiServices services;
    private final SendOnce once;

    Sending(ApiServices services, SendOnce once) {
        this.services = services;
        this.once = once;
    }

    /** The price of a message that is not sent. */
    record PriceView(int packets, int bytes, Long estimatedFeeSat, Long marginSat, List<String> warnings) {
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
        WebToken token = request.caller();
        String key = request.headers().get("idempotency-key");
        if (key != null && !SendOnce.isKey(key)) {
            throw new WebProblem(400, "Bad request", "an Idempotency-Key has " + SendOnce.KEY_RULE);
        }
        SendOnce.Call call =
                key == null ? once.call(token.id()) : SendOnce.call(token.id(), key, to.id(), request.body());
        try {
            return WebResponse.json(
                    202,
                    once.send(
                                    messages,
                                    services.store(),
                                    call,
                                    token.dailySat().isPresent(),
                                    body.to(to),
                                    (tx, sat) -> requireWithinLimit(tx, token, sat))
                            .document());
        } catch (KeyUsedException e) {
            throw new WebProblem(409, "Key used before", e.getMessage());
        }
    }

    private void requireWithinLimit(StoreTransaction tx, WebToken token, OptionalLong sat)
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
        long left = Math.max(0, limit - once.spent(tx, token.id()));
        if (sat.getAsLong() > left) {
            throw new WebProblem(
                    403,
                    "Spending limit",
                    "the message may cost " + sat.getAsLong() + " sat, and of the token's " + limit + " sat a day "
                            + left + " sat are left");
        }
    }
}
