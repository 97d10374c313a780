package org.partyline.sealing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.Sessions;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.sessions.Controls;
import org.partyline.messaging.sessions.Exchanges;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.IdentityRotation;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.sessions.SessionChains;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.MessageWaitsException;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/**
 * The sealers on a bench, with a node, with open sessions, and with replacements for the session bundles that do
 * nothing.
 */
final class SessionBench implements AutoCloseable {
    final StageBench stage = new StageBench();
    /** The calls to the session bundles, in order, as {@code KeyUpdates.sealed}. */
    final List<String> called = new CopyOnWriteArrayList<>();
    /** Their results, by the same names; all others do nothing. */
    final Map<String, Answer> answers = new ConcurrentHashMap<>();

    final SealingStage sealing;
    final QueueSealer sealer;

    SessionBench() {
        stage.nodes.add(new TestNetwork(stage.clock).node("a"));
        note(HandshakeManager.class);
        note(SessionChains.class);
        note(KeyUpdates.class);
        note(IdentityRotation.class);
        note(Controls.class);
        note(Exchanges.class);
        sealing = stage.add(SealingStage::new);
        sealer = StageBench.offered(sealing, QueueSealer.class);
    }

    private <T> void note(Class<T> type) {
        stage.put(
                type,
                type.cast(Proxy.newProxyInstance(
                        type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                            String name = type.getSimpleName() + "." + method.getName();
                            called.add(name);
                            Answer none = unused -> method.getReturnType() == int.class ? 0 : null;
                            Object answer = answers.getOrDefault(name, none).to(arguments);
                            return method.getReturnType() == void.class ? null : answer;
                        })));
    }

    /** The result of a call. */
    @FunctionalInterface
    interface Answer {
        Object to(Object[] arguments) throws StoreException;
    }

    /** Returns how often a method was called. */
    long count(String name) {
        return called.stream().filter(name::equals).count();
    }

    /** Creates a contact with an open session. @param suite the session's */
    ContactConversation session(String name, AeadId suite) throws StoreException {
        ContactConversation contact = stage.know(name, stage.identities.generate(stage.random));
        stage.guard.transact(tx -> {
            SessionState session = SessionState.get(tx, contact.id());
            session.state = Sessions.State.OPEN;
            session.suite = suite.code();
            try (SecretBytes key = SecretBytes.copyOf(new byte[32]);
                    SendChain chain = stage.chains.sendSession(key, stage.clock.instant())) {
                session.name = stage.chains.sessionId(key);
                session.chain = chain.encode().expose().clone();
            }
            session.put(tx);
            return null;
        });
        return contact;
    }

    /** Seals a message, which must succeed. */
    OutgoingMessage seal(long id) throws Exception {
        OutgoingMessage sealed = sealer.seal(id);
        assertEquals(State.SEALED, sealed.state(), sealed.reason());
        return sealed;
    }

    /** Returns why a message cannot be sealed now. */
    String waits(long id) throws Exception {
        String why =
                assertThrows(MessageWaitsException.class, () -> sealer.seal(id)).getMessage();
        assertEquals(State.QUEUED, stage.state(id));
        return why;
    }

    /** Returns the views of a sealed message's packets. */
    List<String> views(long id) throws StoreException {
        return stage.guard
                .<MessageRecord, StoreException>transact(
                        tx -> Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                                .orElseThrow())
                .views();
    }

    @Override
    public void close() {
        stage.close();
    }
}
