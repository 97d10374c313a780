package org.partyline.sealing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.partyline.api.sealing.PacketSealer;
import org.partyline.api.sealing.Sealed;
import org.partyline.api.sealing.WrittenMessage;

/** A sealer of a bundle that this repository does not know: it seals nothing, and its state counts its packets. */
final class PrivateSealer implements PacketSealer {
    /** The states that it was given. */
    final List<List<Byte>> states = new CopyOnWriteArrayList<>();

    /** What it does with a message; a test may have it do something else than seal it. */
    volatile Function<WrittenMessage, Sealed> instead = this::sealed;

    @Override
    public String id() {
        return "private";
    }

    @Override
    public Sealed seal(WrittenMessage message) {
        List<Byte> state = new ArrayList<>();
        for (byte one : message.state().expose()) {
            state.add(one);
        }
        states.add(state);
        return instead.apply(message);
    }

    Sealed sealed(WrittenMessage message) {
        byte[] before = message.state().expose();
        return Sealed.of(List.of(packet(message.text())), new byte[] {(byte) (before.length == 0 ? 1 : before[0] + 1)});
    }

    static byte[] packet(String text) {
        return ("pk" + text).getBytes(StandardCharsets.UTF_8);
    }
}
