package org.partyline.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.script.ScriptPattern;
import org.junit.jupiter.api.Test;
import org.partyline.api.transport.TransactionScanner;

class ScannerBenchmarkTest {
    private final List<byte[]> transactions = RawTransactions.mix(200, 7);

    @Test
    void scannerAndBitcoinjFindTheSameOpReturns() {
        TreeSet<String> ours = new TreeSet<>();
        TreeSet<String> theirs = new TreeSet<>();
        for (byte[] raw : transactions) {
            assertTrue(TransactionScanner.scan(
                    raw, (output, offset, length) -> ours.add(HexFormat.of().formatHex(raw, offset, offset + length))));
            Transaction.read(ByteBuffer.wrap(raw)).getOutputs().stream()
                    .map(output -> output.getScriptPubKey())
                    .filter(ScriptPattern::isOpReturn)
                    .forEach(script ->
                            theirs.add(HexFormat.of().formatHex(script.chunks().get(1).data)));
        }
        assertEquals(theirs, ours);
        assertEquals(70, ours.size());
    }

    @Test
    void theTransactionsAreWhatBitcoinjWouldWrite() {
        for (byte[] raw : transactions) {
            assertEquals(
                    HexFormat.of().formatHex(raw),
                    HexFormat.of()
                            .formatHex(Transaction.read(ByteBuffer.wrap(raw)).serialize()));
        }
    }
}
