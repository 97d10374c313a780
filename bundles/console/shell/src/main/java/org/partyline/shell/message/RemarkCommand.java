package org.partyline.shell.message;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.json.ReceiptView;
import org.partyline.api.sending.SendOnce;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.MessageIds;
import org.partyline.shell.error.CommandError;

/** The base of commands about an existing message. */
abstract class RemarkCommand extends PartylineCommand {
    @Argument(
            name = "ID",
            description = "The message's number, from partyline:messages or partyline:outbox",
            required = true)
    @Completion(MessageIds.class)
    private String id;

    @Option(name = "--wait", description = "Wait until it is sent; Ctrl-C stops the wait, not the message")
    private boolean wait;

    /** Returns the number of the message that it is about. */
    final long about() throws CommandError {
        return MessageNumber.parse(id);
    }

    /**
     * Changes the message, once if a key is given, and prints its cost and when it is sent.
     *
     * @param key null if none is given
     * @param kind of change
     * @param words the new text or reaction
     * @param what its description, capitalised as the beginning of a sentence
     */
    final void change(@Nullable String key, String kind, String words, String what, SendOnce.Sender sender)
            throws CommandError, PartylineException, InterruptedException {
        ReceiptView left;
        if (key == null) {
            left = leave(sender.send((tx, receipt) -> {}), what);
        } else {
            KeyedSend.Sent sent = new KeyedSend(context())
                    .send(key, kind + " " + about(), words.getBytes(StandardCharsets.UTF_8), sender);
            left = sent.receipt().isPresent() ? leave(sent.receipt().get(), what) : repeated(sent.first());
        }
        if (json()) {
            console().json(left);
        }
    }

    private ReceiptView repeated(ReceiptView first) throws CommandError, PartylineException, InterruptedException {
        if (!json()) {
            console()
                    .line("Message " + first.id()
                            + " was sent with this key before. Nothing is sent again: see partyline:outbox --all.");
        }
        return wait ? first.with(new Leaving(context(), json()).await(first.id(), first.waits())) : first;
    }

    /**
     * Prints its cost and when it is sent, and waits if requested. @param what its description, capitalised as the
     * beginning of a sentence
     *
     * @param what it is, as a sentence begins
     */
    final ReceiptView leave(Receipt receipt, String what)
            throws CommandError, PartylineException, InterruptedException {
        Leaving leaving = new Leaving(context(), json());
        if (!json()) {
            Outgoing outgoing = engine().messages().outgoing(receipt.id());
            boolean rolls = outgoing.carrier().equals(Carrier.ROLLING);
            console()
                    .paragraph("Message " + receipt.id() + ", " + what + (rolls ? ", rolling" : "") + ": "
                            + Leaving.price(receipt));
            leaving.warnings(receipt);
            console().paragraph(leaving.departure(receipt, Optional.of(outgoing.persona()), rolls, leaving.pace()));
        }
        return ReceiptView.of(receipt, wait ? leaving.await(receipt) : Optional.empty());
    }
}
