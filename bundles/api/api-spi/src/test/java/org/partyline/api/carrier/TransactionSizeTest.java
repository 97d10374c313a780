package org.partyline.api.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class TransactionSizeTest {
    @Test
    void theUsualSizeIsWhatATransactionOfOneCoinHas() {
        assertEquals(TransactionSize.ONE_PACKET, TransactionSize.of(List.of(new byte[80])));
        assertEquals(TransactionSize.ONE_PACKET - 17, TransactionSize.of(List.of(new byte[64])));
        assertEquals(TransactionSize.ONE_PACKET + 92, TransactionSize.of(List.of(new byte[80], new byte[80])));
        assertEquals(TransactionSize.ONE_PACKET + 512 - 80 + 3, TransactionSize.of(List.of(new byte[512])));
    }
}
