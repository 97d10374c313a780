package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.packet.PacketType;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ReceiveChainRecordBuilder;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.sessions.Controls;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.testkit.messaging.StageBench;

/** Who is told of a contact's packet, in which order (PROTOCOL 6). */
class SessionContentsTest {
    private final StageBench bench = new StageBench();
    private final List<String> calls = new ArrayList<>();
    private final SessionContents sessions = new SessionContents(
            recording(HandshakeManager.class), recording(KeyUpdates.class), recording(Controls.class));
    private ContactConversation bob;

    @BeforeEach
    void know() throws Exception {
        bob = bench.know("bob", bench.identities.generate(bench.random));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private <T> T recording(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    calls.add(type.getSimpleName() + "." + method.getName());
                    return null;
                }));
    }

    private ReceiveChainState chain(ChainKind kind) {
        return new ReceiveChainState(
                ReceiveChainRecordBuilder.builder()
                        .number(7)
                        .membership(bob.id())
                        .kind(kind)
                        .session(new byte[8])
                        .suite(1)
                        .nickname("")
                        .opened(0)
                        .chain(new byte[0])
                        .build(),
                bench.chains.receive(SecretBytes.wrap(new byte[32]), bench.clock.instant()));
    }

    private void assertTold(ChainKind kind, Inbox.Arrival arrival, String... expected) throws Exception {
        calls.clear();
        Candidate candidate =
                new Candidate(Network.REGTEST.code(), new byte[80], new byte[32], null, bench.clock.millis(), "");
        Inbox.Source source = new Inbox.Source(bob, candidate, candidate.id(), "", 7, 0, 3, "{}", SignerId.NOBODY, "");
        try (AfterCommit after = new AfterCommit()) {
            bench.guard.update(tx -> sessions.arrived(tx, after, bob, chain(kind), source, arrival, 1, List.of()));
        }
        assertEquals(List.of(expected), calls, kind + " " + arrival);
    }

    private static Inbox.Arrival other(PacketType type, boolean whole, byte... body) {
        return new Inbox.Arrival(Optional.empty(), Optional.of(new Inbox.Other(type, 1, body, whole)));
    }

    @Test
    void aMessageProvesTheSessionAndIsCounted() throws Exception {
        Inbox.Arrival message = Inbox.Arrival.of(
                Optional.of(bench.guard.transact(tx -> bench.inbox.notice(tx, bob, "like a message"))));
        assertTold(ChainKind.SESSION, message, "HandshakeManager.confirmed", "KeyUpdates.heard", "Controls.opened");
        assertTold(
                ChainKind.CANDIDATE,
                message,
                "HandshakeManager.decided",
                "HandshakeManager.confirmed",
                "Controls.opened");
        assertEquals(2, bench.guard.transact(tx -> SessionState.get(tx, bob.id())).received);
        assertTold(
                ChainKind.SESSION,
                Inbox.Arrival.PIECE,
                "HandshakeManager.confirmed",
                "KeyUpdates.heard",
                "Controls.opened");
        assertEquals(2, bench.guard.transact(tx -> SessionState.get(tx, bob.id())).received);
    }

    @Test
    void aWholeKeyAndAControlMessageAreHandedOn() throws Exception {
        String[] always = {"HandshakeManager.confirmed", "KeyUpdates.heard", "Controls.opened"};
        assertTold(
                ChainKind.SESSION,
                other(PacketType.KEY_UPDATE, true, new byte[32]),
                always[0],
                always[1],
                always[2],
                "KeyUpdates.arrived");
        assertTold(ChainKind.SESSION, other(PacketType.KEY_UPDATE, false, new byte[32]), always);
        assertTold(ChainKind.SESSION, other(PacketType.HANDSHAKE_INIT, true, new byte[32]), always);
        assertTold(
                ChainKind.SESSION,
                other(PacketType.CONTROL, true, ControlCodes.CLOSE),
                always[0],
                always[1],
                always[2],
                "Controls.arrived");
    }

    @Test
    void theLastMessageOnASessionDecidesNothing() throws Exception {
        assertTold(
                ChainKind.CANDIDATE, other(PacketType.CONTROL, true, ControlCodes.CLOSE, ControlCodes.CLOSE_REPLACED));
        assertTold(
                ChainKind.CANDIDATE,
                other(PacketType.CONTROL, true, ControlCodes.CLOSE),
                "HandshakeManager.decided",
                "HandshakeManager.confirmed",
                "Controls.opened",
                "Controls.arrived");
    }

    @Test
    void anAnswerIsForTheHandshakeOnly() throws Exception {
        assertTold(ChainKind.REPLY, other(PacketType.HANDSHAKE_RESP, true, new byte[49]), "HandshakeManager.resp");
        assertTold(ChainKind.REPLY, Inbox.Arrival.NOTHING);
        calls.clear();
        try (AfterCommit after = new AfterCommit()) {
            bench.guard.update(tx -> sessions.answeredByCopy(tx, after, bob, chain(ChainKind.ANSWERED)));
        }
        assertEquals(List.of("HandshakeManager.answeredByCopy"), calls);
    }
}
