package org.partyline.benchmarks;

import java.nio.ByteBuffer;
import java.util.List;
import org.bitcoinj.core.Transaction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;
import org.partyline.api.transport.TransactionScanner;

/** Finds the OP_RETURNs of raw transactions. */
@State(Scope.Benchmark)
public class ScannerBenchmark {
    private static final int COUNT = 1000;

    private final List<byte[]> transactions = RawTransactions.mix(COUNT, 1);
    private long found;

    /** Our scan over the bytes. */
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public long scanner() {
        found = 0;
        for (byte[] raw : transactions) {
            TransactionScanner.scan(raw, (output, offset, length) -> found += offset + length);
        }
        return found;
    }

    /** bitcoinj's parsing alone, without examining the outputs. */
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void bitcoinj(Blackhole found) {
        for (byte[] raw : transactions) {
            found.consume(Transaction.read(ByteBuffer.wrap(raw)));
        }
    }
}
