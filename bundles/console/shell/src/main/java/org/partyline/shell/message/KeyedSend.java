package org.partyline.shell.message;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations.Conversation;
import org.partyline.api.engine.Events;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.engine.Messages.Send;
import org.partyline.api.json.Json;
import org.partyline.api.json.ReceiptView;
import org.partyline.api.sending.SendOnce;
import org.partyline.consoleline.ExitStatus;
import org.partyline.shell.command.Context;
import org.partyline.shell.error.CommandError;

/** Sends a message once for each key, as the API does with {@code Idempotency-Key}. */
final class KeyedSend {
    static final String OPTION = "--idempotency-key";
    static final String DESCRIPTION =
            "Act once: within 7 days the same command with this key does nothing, and shows the first answer";

    private final Context context;

    KeyedSend(Context context) {
        this.context = context;
    }

    /** @param receipt empty if nothing was sent @param first the answer of the first time */
    record Sent(Optional<Receipt> receipt, ReceiptView first) {}

    /** The properties that identify a message, besides its conversation. */
    private record Request(
            String text, String ttl, boolean burn, boolean sign, String via, String carrier, String replyTo) {}

    /** @param persona whose message it is; empty if unknown, so that the engine rejects it */
    Sent send(String key, boolean split, Optional<String> persona, Send send) throws CommandError, PartylineException {
        if (split) {
            throw new CommandError(
                    ExitStatus.WRONG_LINE,
                    LongText.OPTION + " and " + OPTION + " exclude each other: one key is for one message");
        }
        byte[] request = Json.write(new Request(
                        send.text(),
                        send.ttl().toString(),
                        send.burn(),
                        send.sign(),
                        send.via().toString(),
                        send.carrier().toString(),
                        send.replyTo().toString()))
                .getBytes(StandardCharsets.US_ASCII);
        Messages messages = context.engine().messages();
        String to = Conversation.id(
                persona.orElse(""),
                send.direct(),
                Optional.ofNullable(send.to()).orElse(""));
        return send(key, to, request, alongside -> messages.send(send, alongside));
    }

    /**
     * @param about the message that it is about @param request the other properties that identify this command; erased
     *     here
     */
    Sent send(String key, String about, byte[] request, SendOnce.Sender sender)
            throws CommandError, PartylineException {
        try {
            SendOnce.Answer answer = new SendOnce(context.clock(), context.random())
                    .send(context.engine().store(), call(key, about, request), false, sender, (tx, sat) -> {});
            return new Sent(answer.receipt(), Json.read(answer.document(), ReceiptView.class));
        } finally {
            Arrays.fill(request, (byte) 0);
        }
    }

    /** Identifies a command. */
    static SendOnce.Call call(String key, String about, byte[] request) throws CommandError {
        if (!SendOnce.isKey(key)) {
            throw new CommandError(ExitStatus.WRONG_LINE, OPTION + " must be " + SendOnce.KEY_RULE);
        }
        return SendOnce.call(Events.CONSOLE, key, about, request);
    }
}
