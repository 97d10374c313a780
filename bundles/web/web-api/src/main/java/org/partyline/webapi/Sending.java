package org.partyline.webapi;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations.Conversation;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Price;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.json.Json;
import org.partyline.api.json.ReceiptView;
import org.partyline.api.store.Store;
import org.partyline.api.web.WebRequest;
import org.partyline.api.web.WebResponse;

/**
 * Sends messages of programs, each once. The key of a call is stored in the transaction of its message: a server that is killed at any
 * moment has both or neither, so that a repeated call cannot pay twice.
 */
final class Sending {
    private final Services services;
    private final SentMessages sent;

    Sending(Services services, SentMessages sent) {
        this.services = services;
        this.sent = sent;
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

    /** Another call with the same key was faster. */
    private static final class AnsweredException extends PartylineException {
        private static final long serialVersionUID = 1L;

        private final String answer;

        AnsweredException(String answer) {
            super("the call was answered before");
            this.answer = answer;
        }
    }

    WebResponse answer(WebRequest request, Conversation to) throws PartylineException {
        SendBody body = SendBody.read(request);
        Messages messages = services.messages();
        if (body.isDryRun()) {
            return WebResponse.json(200, Json.write(PriceView.of(messages.price(body.to(to)))));
        }
        SentMessages.Call call =
                sent.call(request.caller(), request.headers().get("idempotency-key"), to.id(), request.body());
        Store store = services.store();
        Optional<String> before = store.<Optional<String>, PartylineException>transact(tx -> sent.answered(tx, call));
        if (before.isPresent()) {
            return WebResponse.json(202, before.get());
        }
        try {
            Receipt receipt = messages.send(body.to(to), (tx, made) -> {
                Optional<String> meanwhile = sent.answered(tx, call);
                if (meanwhile.isPresent()) {
                    throw new AnsweredException(meanwhile.get());
                }
                sent.requireWithinLimit(tx, call.token(), most(made));
                sent.put(tx, call, most(made).orElse(0), document(made));
            });
            String answer = document(receipt);
            if (receipt.openingFee().isPresent()) {
                // Known only now; a server that is killed before answers a repeated call without it.
                store.<Void, PartylineException>transact(tx -> {
                    sent.put(tx, call, most(receipt).orElse(0), answer);
                    return null;
                });
            }
            return WebResponse.json(202, answer);
        } catch (AnsweredException e) {
            return WebResponse.json(202, e.answer);
        }
    }

    private static OptionalLong most(Receipt receipt) {
        return receipt.estimatedFee().isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(receipt.estimatedFee().get()
                        + receipt.margin()
                        + receipt.openingFee().orElse(0L));
    }

    private static String document(Receipt receipt) {
        return Json.write(ReceiptView.of(receipt, Optional.empty()));
    }
}
