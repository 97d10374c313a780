package org.partyline.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.partyline.api.sealing.PacketSealer;
import org.partyline.api.sealing.Sealed;
import org.partyline.api.sealing.WrittenMessage;
import org.partyline.testkit.messaging.PrivateReceiver;

/** A sealer of a bundle that this repository does not know, whose packets {@link PrivateReceiver} reads. Its state counts them. */
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
        states.add(bytes(message.state().expose()));
        return instead.apply(message);
    }

    static List<Byte> bytes(byte[] array) {
        List<Byte> bytes = new ArrayList<>();
        for (byte one : array) {
            bytes.add(one);
        }
        return bytes;
    }

    Sealed sealed(WrittenMessage message) {
        byte[] before = message.state().expose();
        return Sealed.of(List.of(packet(message)), new byte[] {(byte) (before.length == 0 ? 1 : before[0] + 1)});
    }

    static byte[] packet(WrittenMessage message) {
        return new PrivateReceiver().packet(message.persona(), "", message.channel(), message.text(), message.sent());
    }
}
