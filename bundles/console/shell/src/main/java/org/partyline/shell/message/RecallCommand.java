package org.partyline.shell.message;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.Recalled;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.json.Json;
import org.partyline.api.json.RecallView;
import org.partyline.api.sending.RecallOnce;
import org.partyline.api.sending.SendOnce;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.LeftIds;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Recalls a message that was sent, and reports how far that succeeded. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "recall",
        description = "Recall a sent message: replace its unconfirmed transactions by empty ones; readers who "
                + "have seen it keep it",
        detailedDescription = "partyline:recall 12")
@Needs(Role.TALK)
final class RecallCommand extends PartylineCommand {
    @Argument(
            name = "ID",
            description = "The message's number, from partyline:messages or partyline:outbox",
            required = true)
    @Completion(LeftIds.class)
    private String id;

    @Option(name = KeyedSend.OPTION, description = KeyedSend.DESCRIPTION, valueToShowInHelp = "KEY")
    private @Nullable String key;

    @Override
    protected void run() throws CommandError, PartylineException {
        long message = MessageNumber.parse(id);
        Recalled recalled;
        if (key == null) {
            recalled = engine().messages().recall(message);
        } else {
            SendOnce.Call call = KeyedSend.call(key, "recall " + message, new byte[0]);
            RecallOnce.Answer answer = new RecallOnce(
                            engine().messages(),
                            engine().store(),
                            new SendOnce(clock(), context().random()))
                    .recall(call, engine().messages().outgoing(message), false);
            if (answer.recalled().isEmpty()) {
                print(
                        Json.read(answer.document(), RecallView.class),
                        "Message " + message + " was recalled with this key before. Nothing is changed again.");
                return;
            }
            recalled = answer.recalled().get();
        }
        boolean covered = isCovered(recalled.outgoing());
        print(RecallView.of(recalled), () -> show(recalled, covered));
    }

    /** Decoys are never recalled. */
    private boolean isCovered(Outgoing message) throws CommandError, PartylineException {
        return engine().coverIfHere().orElse(List.of()).stream()
                .anyMatch(cover -> cover.running() && cover.persona().equals(message.persona()));
    }

    private void show(Recalled recalled, boolean covered) {
        Outgoing message = recalled.outgoing();
        if (message.state() != State.RECALLED) {
            console()
                    .paragraph(
                            Style.WARN,
                            "Message " + message.id()
                                    + " is not recalled: it is already in a block and cannot be recalled. This cost "
                                    + "nothing.");
            return;
        }
        console()
                .paragraph("Message " + message.id() + " is "
                        + console().paint(Style.GOOD, MessageText.state(message.state())) + ": " + how(recalled));
        if (recalled.mined() > 0) {
            console()
                    .paragraph(
                            Style.WARN,
                            Units.count(recalled.mined(), "packet")
                                    + (recalled.mined() == 1 ? " of it is already" : " of it are already")
                                    + " in a block and cannot be recalled.");
        }
        console()
                .paragraph("Its readers, and anyone who records the network, may still have it, but only its readers "
                        + "can open it. Until the replacement is in a block, a miner may still include the "
                        + "original.");
        if (covered && recalled.replaced() > 0) {
            console()
                    .paragraph(
                            Style.WARN, "Decoys are never recalled, so an observer now knows that this was a message.");
        }
    }

    private static String how(Recalled recalled) {
        if (recalled.replaced() == 0) {
            return "no waiting transaction carries it, so nothing had to be replaced. This cost nothing.";
        }
        return Units.count(recalled.replaced(), "transaction")
                + (recalled.replaced() == 1 ? " is replaced by one that carries" : " are replaced by ones that carry")
                + " nothing of it, for " + Units.sat(recalled.fee()) + " more.";
    }
}
