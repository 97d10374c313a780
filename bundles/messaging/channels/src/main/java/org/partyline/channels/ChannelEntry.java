package org.partyline.channels;

import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.ratchet.Invite;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.MembershipRecordBuilder;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.recognition.ConversationRegistry;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.RequiredServices;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Joins a persona to a channel: derives its root without holding the lock, and starts to read. */
final class ChannelEntry {
    private final StateGuard guard;
    private final People people;
    private final ConversationRegistry registry;
    private final Clock clock;
    private final Bus bus;
    private final Live<Reception> reception;
    private final ChannelRoots roots;
    private final ChannelReaders readers;

    ChannelEntry(
            StateGuard guard,
            ConversationRegistry registry,
            Clock clock,
            Bus bus,
            Live<Reception> reception,
            ChannelRoots roots,
            ChannelReaders readers) {
        this.guard = guard;
        this.people = guard.people();
        this.registry = registry;
        this.clock = clock;
        this.bus = bus;
        this.reception = reception;
        this.roots = roots;
        this.readers = readers;
    }

    /** Makes the persona a member of the channel. */
    ChannelMembership enter(
            Optional<String> persona, Invite invite, Mode mode, Optional<Messages.Carrier> carrier, char[] passphrase)
            throws PartylineException {
        // The reader must search for the packets that opened the channel's chains.
        RequiredServices.of(reception).require();
        String who = guard.<PersonaRecord, PartylineException>open(() -> outside(persona, invite.name()))
                .name();
        KeyDerivation kdf = roots.derivation(invite.kdf());
        // Members need no root before yesterday's, so older ones are not stored.
        int rootDay = Math.max(invite.startDay(), Days.of(clock.instant()) - 1);
        ChannelMembership member;
        try (SecretBytes start = roots.startingRoot(kdf, invite, passphrase);
                SecretBytes root = roots.advance(start, rootDay - invite.startDay())) {
            byte @Nullable [] legacyKey = roots.legacyKey(invite.kdf().id(), kdf, passphrase);
            member = guard.<ChannelMembership, PartylineException>open(() -> {
                // Meanwhile it may have been deleted, and its number given to a persona of a backup.
                return add(outside(Optional.of(who), invite.name()), invite, mode, carrier, rootDay, root, legacyKey);
            });
        }
        bus.publish(new Bus.Expected());
        reception.service().joined(invite.network());
        return member;
    }

    /** The persona, which is in no channel of that name yet. Hold the state lock. */
    private PersonaRecord outside(Optional<String> name, String channel) throws PartylineException {
        PersonaRecord persona = guard.<PersonaRecord, PartylineException>transact(tx -> PersonaRecord.named(tx, name));
        refuseTaken(persona, channel);
        return persona;
    }

    private void refuseTaken(PersonaRecord persona, String name) throws NoSuchThingException {
        for (ChannelMembership member : people.conversations.members()) {
            if (member.entry.persona() == persona.id() && member.entry.name().equals(name)) {
                throw new NoSuchThingException("persona '" + persona.name() + "' is already in a channel '" + name
                        + "': leave that one first, or choose another name");
            }
        }
    }

    private ChannelMembership add(
            PersonaRecord who,
            Invite invite,
            Mode mode,
            Optional<Messages.Carrier> carrier,
            int rootDay,
            SecretBytes root,
            byte @Nullable [] legacyKey)
            throws StoreException {
        MembershipRecord entry = guard.transact(tx -> {
            MembershipRecord made = MembershipRecordBuilder.builder()
                    .id((int) Tables.next(tx, "membership"))
                    .persona(who.id())
                    .name(invite.name())
                    .network(invite.network().code())
                    .mode(mode.name())
                    .kdf(invite.kdf().id().code())
                    .timeCost(invite.kdf().timeCost())
                    .memory(invite.kdf().memory())
                    .parallelism(invite.kdf().parallelism())
                    .salt(invite.salt())
                    .startDay(invite.startDay())
                    .rootDay(rootDay)
                    .root(root.expose().clone())
                    .legacyKey(legacyKey)
                    .lastTimestamp(0)
                    .carrier(MembershipRecord.carrierName(carrier))
                    .kdfName(MembershipRecord.nameOf(invite.kdf().id()))
                    .build();
            Tables.putSecret(tx, MembershipRecord.TABLE, Keys.of(made.id()), Keys.ALL, made);
            return made;
        });
        ChannelMembership member = new ChannelMembership(entry);
        registry.add(member, rootDay, Days.of(clock.instant()) + 1);
        readers.readOn(member);
        return member;
    }

    /** Called when the channel was left: its packets are no longer recognised, and its keys are wiped. */
    void leave(ChannelMembership member) {
        registry.remove(member);
        bus.publish(new Bus.ChannelLeft(member.network()));
    }
}
