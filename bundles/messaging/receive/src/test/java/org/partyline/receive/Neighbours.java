package org.partyline.receive;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.partyline.api.packet.Content;
import org.partyline.api.session.HandshakeRefusedException;
import org.partyline.messaging.sessions.Controls;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.testkit.messaging.StageBench;

/** Replaces the bundles that manage sessions: records their calls, and accepts one handshake and one answer. */
final class Neighbours {
    /** The calls, in order. */
    final List<String> called = new CopyOnWriteArrayList<>();
    /** The bodies of handshakes that were accepted. */
    final List<byte[]> accepted = new CopyOnWriteArrayList<>();
    /** The body that is a valid handshake for Alice's card; every other is rejected. */
    volatile byte[] handshake = {};
    /** The body that is a valid answer to one of hers. */
    volatile byte[] answer = {};

    Neighbours(StageBench bench) {
        put(bench, HandshakeManager.class);
        put(bench, KeyUpdates.class);
        put(bench, Controls.class);
    }

    private <T> void put(StageBench bench, Class<T> type) {
        bench.put(
                type,
                type.cast(Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (self, method, arguments) ->
                                call(method.getName(), new ArrayList<>(Arrays.asList(arguments))))));
    }

    private Object call(String method, List<Object> arguments) throws HandshakeRefusedException {
        called.add(method);
        if (method.equals("init")) {
            byte[] body = (byte[]) arguments.get(3);
            if (!Arrays.equals(body, handshake)) {
                throw new HandshakeRefusedException("it was not made for this card");
            }
            accepted.add(body);
        }
        return method.equals("isAnswer") && Arrays.equals(((Content) arguments.get(2)).body(), answer);
    }
}
