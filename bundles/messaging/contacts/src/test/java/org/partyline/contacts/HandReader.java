package org.partyline.contacts;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.PacketType;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.session.HandshakeRefusedException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.chains.ReceiveChains;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ContactInbox;
import org.partyline.messaging.conversation.PersonaKeys;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AfterCommit;

/** Does what receiving does with packets for a contact inbox or on a chain that is read. */
final class HandReader {
    private final ContactsBench bench;

    HandReader(ContactsBench bench) {
        this.bench = bench;
    }

    /** Reads a packet; false if it is a stranger's, or was read before. */
    boolean read(Packet packet) throws PartylineException {
        if (packet.inbox() != null) {
            ContactInbox inbox = inbox(packet.inbox());
            if (inbox != null) {
                init(inbox, packet);
            }
            return inbox != null;
        }
        for (ReceiveChainState chain : bench.stage.recognition.chains.all()) {
            boolean read = Arrays.equals(chain.entry.session(), packet.chain())
                    && !ReceiveChains.isOver(chain, bench.clock.instant());
            if (read) {
                return isExpected(chain, packet) && open(chain, packet);
            }
        }
        return false;
    }

    private ContactInbox inbox(byte[] secret) {
        for (PersonaKeys keys : bench.stage.people.personas.keys()) {
            if (isOf(keys.keys, secret)) {
                return new ContactInbox(keys.persona, Network.REGTEST, false);
            }
            if (keys.old != null && isOf(keys.old, secret)) {
                return new ContactInbox(keys.persona, Network.REGTEST, true);
            }
        }
        return null;
    }

    private static boolean isOf(IdentityKeys keys, byte[] secret) {
        return Arrays.equals(keys.inboxSecret().expose(), secret);
    }

    private void init(ContactInbox inbox, Packet packet) throws PartylineException {
        bench.change((tx, after) -> {
            try {
                long now = bench.clock.instant().getEpochSecond();
                bench.handshakes.init(tx, after, inbox, packet.body().clone(), packet.timestamp(), now);
            } catch (HandshakeRefusedException e) {
                bench.refusals.add(e.getMessage());
            }
        });
    }

    private static boolean isExpected(ReceiveChainState chain, Packet packet) {
        try (SecretBytes secret = chain.chain.secret(packet.position())) {
            return secret.length() > 0;
        } catch (NoSuchElementException e) {
            return false;
        }
    }

    private boolean open(ReceiveChainState chain, Packet packet) throws PartylineException {
        ContactConversation contact = bench.stage.people.conversations.contact(chain.entry.membership());
        Content content = Content.of(
                packet.type(),
                Instant.ofEpochSecond(packet.timestamp()),
                packet.body().clone());
        if (chain.entry.kind() == ChainKind.REPLY && !bench.handshakes.isAnswer(contact, chain.entry, content)) {
            return false;
        }
        ReceiveChain moved;
        try (SecretBytes state = chain.chain.encode()) {
            moved = bench.stage.chains.decodeReceive(state.expose());
        }
        List<SecretBytes> salts = salts(moved, packet);
        if (chain.entry.kind() != ChainKind.REPLY) {
            moved.use(packet.position(), bench.clock.instant(), (at, hint) -> {}, (at, hint) -> {});
        }
        bench.change((tx, after) -> {
            after.then(() -> bench.stage.recognition.chains.put(new ReceiveChainState(chain.entry, moved)));
            ReceiveChains.putChain(tx, chain.entry, moved);
            Inbox.Source source = source(contact, chain, packet);
            Inbox.Arrival arrival = bench.stage.inbox.accept(tx, source, content);
            arrived(tx, after, contact, chain, source, packet, arrival, salts);
        });
        return true;
    }

    /** The salts that a key update needs: that of its position and those skipped before it, the nearest first. */
    private static List<SecretBytes> salts(ReceiveChain chain, Packet packet) {
        if (packet.type() != PacketType.KEY_UPDATE) {
            return List.of();
        }
        List<Integer> skipped = new ArrayList<>();
        chain.forEachExpected((at, hint) -> {
            if (at < packet.position()) {
                skipped.add(at);
            }
        });
        skipped.sort(Comparator.reverseOrder());
        return Stream.concat(Stream.of(packet.position()), skipped.stream().limit(7))
                .map(chain::rekeySalt)
                .toList();
    }

    private Inbox.Source source(ContactConversation contact, ReceiveChainState chain, Packet packet) {
        Candidate candidate =
                new Candidate(Network.REGTEST.code(), packet.payload(), new byte[32], null, bench.clock.millis(), "");
        return new Inbox.Source(
                contact,
                candidate,
                candidate.id(),
                "",
                chain.entry.number(),
                chain.entry.opened(),
                packet.position(),
                "{}",
                SignerId.NOBODY,
                HexFormat.of().formatHex(chain.entry.session()));
    }

    private void arrived(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            ReceiveChainState chain,
            Inbox.Source source,
            Packet packet,
            Inbox.Arrival arrival,
            List<SecretBytes> salts)
            throws PartylineException {
        if (chain.entry.kind() == ChainKind.CANDIDATE
                && arrival.other().filter(Inbox.Other::isFarewell).isPresent()) {
            return;
        }
        if (chain.entry.kind() == ChainKind.CANDIDATE) {
            bench.handshakes.decided(tx, after, contact, chain.entry);
        }
        if (chain.entry.kind() != ChainKind.REPLY) {
            bench.handshakes.confirmed(tx, after, contact, chain.entry, packet.timestamp());
        }
        if (chain.entry.kind() == ChainKind.SESSION) {
            bench.updates.heard(tx, after, contact, chain.entry, packet.timestamp());
        }
        if (arrival.message().isPresent()) {
            SessionState session = SessionState.get(tx, contact.id());
            session.received++;
            session.put(tx);
        }
        if (chain.entry.kind() != ChainKind.REPLY) {
            bench.controls.opened(tx, after, contact, source, arrival.message());
        }
        if (arrival.other().isEmpty()) {
            return;
        }
        Inbox.Other other = arrival.other().get();
        if (chain.entry.kind() == ChainKind.REPLY) {
            bench.handshakes.resp(
                    tx, after, contact, chain.entry, other, source.id().hash());
        } else if (other.type() == PacketType.KEY_UPDATE) {
            bench.updates.arrived(tx, after, contact, chain.entry, packet.position(), other, salts);
        } else {
            bench.controls.arrived(tx, after, contact, chain.entry, other);
        }
    }
}
