package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.packet.PacketKey;

/**
 * Records every packet secret that servers have sealed with, and every locator, with the packets: each may have only
 * one packet.
 */
final class UsedSecrets {
    private final Map<String, Set<String>> packets = new ConcurrentHashMap<>();

    /** Returns the same codec, with its sealing recorded. */
    PacketCodec watch(PacketCodec codec) {
        return (PacketCodec) Proxy.newProxyInstance(
                PacketCodec.class.getClassLoader(), new Class<?>[] {PacketCodec.class}, (self, method, arguments) -> {
                    try {
                        Object result = method.invoke(codec, arguments);
                        if (method.getName().equals("seal")) {
                            add((PacketKey) arguments[1], (byte[]) result);
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void add(PacketKey key, byte[] packet) {
        HexFormat hex = HexFormat.of();
        for (String use :
                new String[] {"secret " + hex.formatHex(key.secret().expose()), "locator " + hex.formatHex(packet, 1, 9)
                }) {
            packets.computeIfAbsent(use, name -> ConcurrentHashMap.newKeySet()).add(hex.formatHex(packet));
        }
    }

    void addAll(UsedSecrets others) {
        others.packets.forEach((use, under) -> packets.computeIfAbsent(use, name -> ConcurrentHashMap.newKeySet())
                .addAll(under));
    }

    /**
     * Adds the secrets of a server that has ended: it may have sealed packets that nobody received, and which it has
     * forgotten.
     */
    void addThoseThatLeft(UsedSecrets others, Set<String> left) {
        others.packets.forEach((use, under) -> under.stream()
                .filter(left::contains)
                .forEach(packet -> packets.computeIfAbsent(use, name -> ConcurrentHashMap.newKeySet())
                        .add(packet)));
    }

    boolean isEmpty() {
        return packets.isEmpty();
    }

    void assertEachHasOnePacket() {
        assertTrue(packets.size() > 0, "nothing was sealed");
        packets.forEach((use, under) ->
                assertEquals(1, under.size(), () -> under.size() + " packets under " + use.substring(0, 16) + "…"));
    }
}
