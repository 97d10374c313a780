package org.partyline.receive;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.partyline.api.receive.PacketReceiver;
import org.partyline.testkit.PacketReceiverContract;
import org.partyline.testkit.messaging.PrivateReceiver;

/** The same of one whose packets look like version 2. */
class DisguisedReceiverTest extends PacketReceiverContract {
    @Override
    protected PacketReceiver receiver() {
        return PrivateReceiver.disguised();
    }

    @Override
    protected Map<byte[], List<String>> samples() {
        byte[] packet =
                PrivateReceiver.disguised().packet("eve", "", "lobby", "hello", Instant.parse("2026-11-20T11:59:00Z"));
        return Map.of(packet, List.of("hello"));
    }
}
