package org.partyline.sealing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.Sessions;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.api.packet.PlannedPacket;
import org.partyline.api.packet.RefusedContentException;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.IdentityRecord;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.IdentityRotation;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.sessions.SessionChains;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.messaging.StageBench;

/**
 * Fragments of two messages are distinguished by ids of two bytes, none of which may be in flight twice; and sealed
 * packets are counted.
 */
class MessageIdTest {
    private static final int IDS = 12;

    private final StageBench stage = new StageBench();
    /** The sealed contents, in order. */
    private final List<Content> sealed = new ArrayList<>();

    private QueueSealer sealer;
    private ContactConversation bob;

    @BeforeEach
    void aSession() throws Exception {
        idle(HandshakeManager.class);
        idle(SessionChains.class);
        idle(KeyUpdates.class);
        idle(IdentityRotation.class);
        stage.put(Fragmenter.class, new FewIds(stage.fragmenter));
        stage.put(PacketCodec.class, watched(stage.codec));
        sealer = StageBench.offered(stage.add(SealingStage::new), QueueSealer.class);
        bob = stage.know("bob", stage.identities.generate(stage.random));
        stage.guard.transact(tx -> {
            SessionState session = SessionState.get(tx, bob.id());
            session.state = Sessions.State.OPEN;
            session.suite = AeadId.XCHACHA20_POLY1305.code();
            try (SecretBytes key = SecretBytes.copyOf(new byte[32]);
                    SendChain chain = stage.chains.sendSession(key, stage.clock.instant())) {
                session.name = stage.chains.sessionId(key);
                session.chain = chain.encode().expose().clone();
            }
            session.put(tx);
            return null;
        });
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private <T> void idle(Class<T> type) {
        stage.put(
                type,
                type.cast(Proxy.newProxyInstance(
                        type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> null)));
    }

    private PacketCodec watched(PacketCodec codec) {
        return (PacketCodec) Proxy.newProxyInstance(
                PacketCodec.class.getClassLoader(), new Class<?>[] {PacketCodec.class}, (self, method, arguments) -> {
                    if (method.getName().equals("seal")) {
                        sealed.add((Content) arguments[0]);
                    }
                    try {
                        return method.invoke(codec, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Draws the same message ids repeatedly, as 65,536 of them would be if many messages are in flight. */
    private record FewIds(Fragmenter all) implements Fragmenter {
        private static final SecureRandom FEW = new SecureRandom() {
            private static final long serialVersionUID = 1L;

            @Override
            public int nextInt(int bound) {
                return super.nextInt(bound == 1 << Short.SIZE ? IDS : bound);
            }
        };

        @Override
        public List<PlannedPacket> plan(Draft draft, PacketLabel label, int maxBucket, SecureRandom random)
                throws PayloadTooLargeException {
            return all.plan(draft, label, maxBucket, FEW);
        }

        @Override
        public boolean fitsOne(Draft draft, PacketLabel label, int maxBucket) {
            return all.fitsOne(draft, label, maxBucket);
        }

        @Override
        public int limit(Draft draft, PacketLabel label, int maxBucket) {
            return all.limit(draft, label, maxBucket);
        }

        @Override
        public Draft join(List<Content> pieces) throws RefusedContentException {
            return all.join(pieces);
        }
    }

    private OutgoingMessage seal(Conversation conversation, String text) throws Exception {
        OutgoingMessage after = sealer.of(conversation).seal(conversation, stage.queue(conversation, text));
        assertEquals(State.SEALED, after.state(), after.reason());
        return after;
    }

    private void sealAll(Conversation... where) throws Exception {
        for (int i = 0; i < IDS; i++) {
            String text = "number " + i + " is a text that goes in two pieces, not in one";
            assertEquals(2, seal(where[i % where.length], text).parts().size());
        }
    }

    private void assertEachMessageHasAnIdOfItsOwn() {
        Map<Integer, List<Integer>> pieces = new TreeMap<>();
        for (Content content : sealed) {
            Optional<FragmentHeader> header = content.fragment();
            header.ifPresent(piece -> pieces.computeIfAbsent(piece.messageId(), id -> new ArrayList<>())
                    .add(piece.index()));
        }
        assertEquals(IDS, pieces.size());
        pieces.forEach((id, indexes) -> assertEquals(List.of(0, 1), indexes, "of message id " + id));
    }

    @Test
    void noTwoMessagesInPiecesGetTheSameMessageId() throws Exception {
        Conversation plaza = stage.join("plaza", Mode.OPEN);
        Conversation lobby = stage.join("lobby", Mode.RATCHET);
        seal(lobby, "so that the chain is known");
        sealAll(plaza, lobby);
        assertEachMessageHasAnIdOfItsOwn();
    }

    @Test
    void noTwoMessagesInPiecesGetTheSameMessageIdOnASession() throws Exception {
        sealAll(bob);
        assertEachMessageHasAnIdOfItsOwn();
    }

    @Test
    void norDoOneInAChannelAndOneOnASession() throws Exception {
        sealAll(bob, stage.join("plaza", Mode.OPEN));
        assertEachMessageHasAnIdOfItsOwn();
    }

    // ---- counts

    private long stored() throws StoreException {
        return stage.guard.transact(tx -> Tables.all(tx, IdentityRecord.TABLE, IdentityRecord.class)
                .get(0)
                .messages());
    }

    @Test
    void whatIsCountedIsNotCountedWhenItIsNotStored() throws Exception {
        seal(bob, "three");
        assertEquals(1, stage.keys().messages);
        assertEquals(1, stored());
        stage.store.failNext(IdentityRecord.TABLE, 1);
        long id = stage.queue(bob, "four");
        assertThrows(StoreException.class, () -> sealer.of(bob).seal(bob, id));
        assertEquals(1, stage.keys().messages);
        assertEquals(1, stored());
        assertEquals(State.SEALED, sealer.of(bob).seal(bob, id).state());
        assertEquals(2, stage.keys().messages);
        assertEquals(2, stored());
    }
}
