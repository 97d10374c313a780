package org.partyline.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.TxId;
import org.partyline.api.engine.Messages;

/** Turns records into what callers see. */
final class Views {
    private final Memory memory;

    Views(Memory memory) {
        this.memory = memory;
    }

    String persona(int membership) {
        Memory.Member member = memory.member(membership);
        return member == null ? "" : memory.personaName(member.entry.persona());
    }

    String channel(int membership) {
        Memory.Member member = memory.member(membership);
        return member == null ? "" : member.entry.name();
    }

    /** @param text whether the text is shown although the message is to be burned */
    Messages.Message message(Records.Message entry, Optional<Messages.State> state, boolean text) {
        String persona = persona(entry.membership());
        return new Messages.Message(
                entry.id(),
                persona,
                channel(entry.membership()),
                entry.outgoing(),
                entry.outgoing() ? persona : entry.sender(),
                entry.legacy(),
                entry.burn(),
                entry.burn() && !text ? Optional.empty() : Optional.of(entry.text()),
                Instant.ofEpochSecond(entry.sent()),
                Instant.ofEpochMilli(entry.arrived()),
                Instant.ofEpochMilli(entry.expires()),
                entry.sequence() < 0 ? OptionalInt.empty() : OptionalInt.of(entry.sequence()),
                entry.transactions().stream().map(TxId::ofBytes).toList(),
                entry.block() < 0 ? OptionalInt.empty() : OptionalInt.of(entry.block()),
                state);
    }

    Messages.Outgoing outgoing(Records.Outgoing entry) {
        List<Messages.Part> parts = entry.parts().stream()
                .map(part -> new Messages.Part(
                        part.packet().length,
                        part.state(),
                        Optional.ofNullable(part.transaction()).map(TxId::ofBytes),
                        part.vsize(),
                        part.fee(),
                        part.node()))
                .toList();
        return new Messages.Outgoing(
                entry.id(),
                persona(entry.membership()),
                channel(entry.membership()),
                entry.state(),
                entry.reason(),
                Instant.ofEpochMilli(entry.queued()),
                Instant.ofEpochMilli(entry.expires()),
                entry.burn(),
                entry.textBytes(),
                parts);
    }
}
