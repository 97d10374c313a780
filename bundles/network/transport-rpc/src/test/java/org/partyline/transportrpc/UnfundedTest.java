package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnfundedTest {
    @Test
    void anUnfundedTransactionIsWhatCreaterawtransactionMakes() {
        JsonNode exchange = FakeNode.recorded("createrawtransaction_data_only");
        byte[] data = HexFormat.of()
                .parseHex(exchange.get("request")
                        .get("params")
                        .get(1)
                        .get(0)
                        .get("data")
                        .textValue());
        assertEquals(
                exchange.get("response").get("result").textValue(),
                HexFormat.of().formatHex(Unfunded.of(List.of(data), 0, List.of())));
    }
}
