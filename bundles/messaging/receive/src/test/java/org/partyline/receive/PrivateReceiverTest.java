package org.partyline.receive;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.partyline.api.receive.PacketReceiver;
import org.partyline.testkit.PacketReceiverContract;
import org.partyline.testkit.messaging.PrivateReceiver;

/** The receiver of the tests against the contract of receivers. */
class PrivateReceiverTest extends PacketReceiverContract {
    @Override
    protected PacketReceiver receiver() {
        return new PrivateReceiver();
    }

    @Override
    protected Map<byte[], List<String>> samples() {
        Instant sent = Instant.parse("2026-11-20T11:59:00Z");
        PrivateReceiver maker = new PrivateReceiver();
        return Map.of(
                maker.packet("eve", "", "lobby", "hello", sent),
                List.of("hello"),
                maker.packet("", "me", "", "two\nlines", sent),
                List.of("two\nlines"));
    }
}
