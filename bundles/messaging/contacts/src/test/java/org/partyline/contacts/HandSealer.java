package org.partyline.contacts;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.mailbox.CargoRecord;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.personas.PersonaKeyRecords;
import org.partyline.messaging.sessions.Exchanges;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Does what sealing does with messages to a contact, and sends them: each message is one unsealed packet. */
final class HandSealer {
    private final ContactsBench bench;
    private long last;

    HandSealer(ContactsBench bench) {
        this.bench = bench;
    }

    /**
     * Seals everything that can be sealed; messages that wait for a session stay queued, and one is opened for them.
     */
    List<Packet> sealAll() throws PartylineException {
        List<Packet> out = new ArrayList<>();
        boolean more = true;
        while (more) {
            more = false;
            for (OutgoingMessage queued : bench.stage.allOutgoing()) {
                if (queued.state() == State.QUEUED) {
                    more |= seal(queued.id(), out);
                }
            }
        }
        return out;
    }

    private boolean seal(long id, List<Packet> out) throws PartylineException {
        boolean[] done = {false};
        List<Packet> made = new ArrayList<>();
        bench.change((tx, after) -> {
            OutgoingMessage queued = OutgoingRecords.find(tx, id).orElseThrow();
            ContactConversation contact = bench.stage.people.conversations.contact(queued.membership());
            if (queued.state() != State.QUEUED || contact == null) {
                return;
            }
            SessionState session = SessionState.get(tx, contact.id());
            if (queued.isText() && !session.isOpen()) {
                done[0] = !session.isOpening();
                bench.handshakes.open(tx, after, contact);
                return;
            }
            Packet packet = packet(tx, after, contact, session, queued);
            done[0] = true;
            if (packet == null) {
                bench.rotations.unsaid(tx, after, contact, queued);
                OutgoingRecords.put(tx, queued.ended(MessageEvent.RECALLED, "it is of no use any more"));
                return;
            }
            if (queued.type() != PacketType.HANDSHAKE_INIT.code()) {
                session.put(tx);
            }
            OutgoingMessage sealed =
                    queued.sealed(List.of(OutgoingPart.of(packet.payload())), packet.timestamp(), false);
            OutgoingRecords.put(tx, sealed.on(0, PacketEvent.TAKEN).on(0, PacketEvent.SHOWN));
            made.add(packet);
        });
        out.addAll(made);
        return done[0];
    }

    /**
     * Seals the first packet that is queued for cover traffic, as in a slot; empty: nothing is queued. @param room the
     * maximum length of a body in bytes
     */
    Optional<Packet> ride(int room) throws PartylineException {
        List<Packet> made = new ArrayList<>();
        bench.change((tx, after) -> {
            List<CargoRecord> queued = CargoRecord.all(tx);
            if (queued.isEmpty()) {
                return;
            }
            CargoRecord cargo = queued.get(0);
            ContactConversation contact = bench.stage.people.conversations.contact(cargo.membership());
            SessionState session = SessionState.get(tx, contact.id());
            PacketType type = PacketType.ofCode(cargo.type()).orElseThrow();
            byte[] body = cargo.body();
            if (cargo.rank() == CargoRecord.EXCHANGE) {
                Optional<Exchanges.Ride> ride = bench.exchanges.next(tx, contact, session, room);
                if (ride.isEmpty()) {
                    return;
                }
                type = ride.get().type();
                body = ride.get().body();
            }
            if (type == PacketType.KEY_UPDATE) {
                made.add(updated(tx, after, contact, session));
            } else {
                made.add(onChain(session, type, body.clone()));
                bench.controls.sealed(tx, after, contact, body);
            }
            session.put(tx);
            cargo.delete(tx);
        });
        return made.stream().findFirst();
    }

    /** The packet of a message; null: it is useless. */
    private Packet packet(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            OutgoingMessage queued)
            throws StoreException {
        PacketType type = PacketType.ofCode(queued.type()).orElseThrow();
        return switch (type) {
            case HANDSHAKE_INIT ->
                new Packet(
                        type,
                        contact.entry.inboxSecret().clone(),
                        null,
                        0,
                        later(),
                        queued.body().clone(),
                        payload());
            case HANDSHAKE_RESP -> answer(session, queued);
            case KEY_UPDATE -> update(tx, after, contact, session);
            case CONTROL -> control(tx, after, contact, session, queued);
            default -> text(tx, after, contact, session, queued);
        };
    }

    private Packet answer(SessionState session, OutgoingMessage queued) {
        if (session.replyChain == null) {
            return null;
        }
        try (SecretBytes key = SecretBytes.wrap(session.replyChain)) {
            session.replyChain = null;
            byte[] chain = bench.stage.chains.sessionId(key);
            return new Packet(
                    PacketType.HANDSHAKE_RESP,
                    null,
                    chain,
                    0,
                    now(),
                    queued.body().clone(),
                    payload());
        }
    }

    private Packet update(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException {
        if (session.isOpen() && session.againQueued && session.oldChain != null) {
            byte[] body = session.lastPublic.clone();
            try (SendChain chain = bench.stage.chains.decodeSend(session.oldChain)) {
                Packet packet = step(chain, session.oldName, PacketType.KEY_UPDATE, body);
                session.oldChain = chain.encode().expose().clone();
                session.againQueued = false;
                session.again++;
                session.lastSealed = bench.clock.instant().toEpochMilli();
                return packet;
            }
        }
        if (!session.isOpen() || !session.updateQueued) {
            return null;
        }
        return updated(tx, after, contact, session);
    }

    private Packet updated(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException {
        byte[] body = bench.updates.body(tx, session).clone();
        Packet packet;
        try (SendChain chain = bench.stage.chains.decodeSend(session.chain)) {
            packet = step(chain, session.name, PacketType.KEY_UPDATE, body);
            session.chain = chain.encode().expose().clone();
            session.ownSalt = chain.rekeySalt().expose().clone();
        }
        bench.updates.sealed(tx, after, contact, session);
        return packet;
    }

    private Packet control(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            OutgoingMessage queued)
            throws StoreException {
        if (queued.isFarewell()) {
            return farewell(session, queued);
        }
        if (!session.isOpen()) {
            return null;
        }
        Packet packet = onChain(session, PacketType.CONTROL, queued.body().clone());
        bench.controls.sealed(tx, after, contact, queued.body());
        if (queued.body().length > 0 && queued.body()[0] == ControlCodes.CLOSE) {
            bench.handshakes.ended(tx, after, contact.id(), session);
        }
        return packet;
    }

    private Packet farewell(SessionState session, OutgoingMessage queued) {
        if (session.formerChain == null) {
            return null;
        }
        try (SendChain chain = bench.stage.chains.decodeSend(session.formerChain)) {
            Packet packet = step(
                    chain, session.formerName, PacketType.CONTROL, queued.body().clone());
            session.forgetFormer();
            return packet;
        }
    }

    private Packet text(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            OutgoingMessage queued)
            throws StoreException {
        MessageRecord message = Tables.find(tx, MessageRecord.TABLE, Keys.of(queued.id()), MessageRecord.class)
                .orElseThrow();
        Packet packet = onChain(session, PacketType.TEXT, message.text().getBytes(StandardCharsets.UTF_8));
        MessageRecords.put(
                tx,
                message.sealed(packet.position(), now(), now(), List.of(), List.of())
                        .named(packet.payload(), packet.chain()));
        session.sent++;
        session.onChain++;
        PersonaKeyRecords.countMessage(tx, after, bench.stage.people.personas.keys(contact.persona()));
        bench.updates.queueIfDue(tx, after, contact, session);
        return packet;
    }

    private Packet onChain(SessionState session, PacketType type, byte[] body) {
        try (SendChain chain = bench.stage.chains.decodeSend(session.chain)) {
            Packet packet = step(chain, session.name, type, body);
            session.chain = chain.encode().expose().clone();
            return packet;
        }
    }

    private Packet step(SendChain chain, byte[] name, PacketType type, byte[] body) {
        SendChain.Step step = chain.step();
        step.secret().close();
        return new Packet(type, null, name.clone(), step.position(), now(), body, payload());
    }

    private long now() {
        last = Math.max(last, bench.clock.instant().getEpochSecond());
        return last;
    }

    /** Later than all before, as the time of a handshake. */
    private long later() {
        last++;
        return now();
    }

    private byte[] payload() {
        byte[] payload = new byte[80];
        bench.stage.random.nextBytes(payload);
        return payload;
    }
}
