package org.partyline.chat.testing;

import java.time.Duration;
import org.partyline.api.engine.Messages;

/**
 * A message.
 *
 * @param in a channel or a contact
 * @param sender who wrote it; {@link FakeServer#PERSONA} for us
 * @param signedBy null if it is not signed
 */
public record Said(
        String in,
        String sender,
        String text,
        Duration ago,
        Duration lives,
        boolean burn,
        boolean legacy,
        boolean notice,
        String signedBy,
        Messages.State state,
        String reason,
        int nodes) {
    public Said(String in, String sender, String text) {
        this(
                in,
                sender,
                text,
                Duration.ZERO,
                Duration.ofDays(7),
                false,
                false,
                false,
                null,
                Messages.State.RELAYED,
                "",
                2);
    }

    public Said ago(Duration time) {
        return new Said(in, sender, text, time, lives, burn, legacy, notice, signedBy, state, reason, nodes);
    }

    public Said lives(Duration time) {
        return new Said(in, sender, text, ago, time, burn, legacy, notice, signedBy, state, reason, nodes);
    }

    public Said burned() {
        return new Said(in, sender, text, ago, lives, true, legacy, notice, signedBy, state, reason, nodes);
    }

    public Said ofVersionOne() {
        return new Said(in, sender, text, ago, lives, burn, true, notice, signedBy, state, reason, nodes);
    }

    public Said asNotice() {
        return new Said(in, sender, text, ago, lives, burn, legacy, true, signedBy, state, reason, nodes);
    }

    public Said signedBy(String who) {
        return new Said(in, sender, text, ago, lives, burn, legacy, notice, who, state, reason, nodes);
    }

    public Said state(Messages.State at) {
        return new Said(in, sender, text, ago, lives, burn, legacy, notice, signedBy, at, reason, nodes);
    }

    public Said because(String why) {
        return new Said(in, sender, text, ago, lives, burn, legacy, notice, signedBy, state, why, nodes);
    }
}
