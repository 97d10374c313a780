package org.partyline.benchmarks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreTransaction;
import org.partyline.receive.JunkHour;

/** Checks that the benchmarks work, not how fast. */
class BenchmarksTest {
    @Test
    void aStrangersPacketMeetsAllTheTablesAndMatchesNothing() {
        RecognitionBenchmark benchmark = new RecognitionBenchmark();
        assertEquals(RecognitionBenchmark.LOCATORS, benchmark.locators.size());
        assertEquals(RecognitionBenchmark.BEACONS, benchmark.beacons.size());
        assertEquals(-1, benchmark.recognise());
    }

    @Test
    void bothCiphersOpenTheSamePackets() throws Exception {
        OpeningBenchmark benchmark = new OpeningBenchmark();
        OpeningBenchmark.Packet packet = benchmark.packet();
        byte[] plaintext = benchmark.ours(packet);
        assertEquals(55, plaintext.length);
        assertArrayEquals(plaintext, benchmark.bouncyCastle(packet));
    }

    @Test
    void keysCiphertextsAndAgreementsHaveTheirLengths() throws Exception {
        KemBenchmark benchmark = new KemBenchmark();
        assertEquals(1184, benchmark.key().length);
        assertEquals(1088, benchmark.encapsulate().length);
        assertEquals(32, benchmark.x25519Agree().length);
    }

    @Test
    void everyLocatorOfTheChainsIsExpected() {
        MillionLocators.Built built = MillionLocators.build(640);
        assertEquals(10, built.chains().size());
        assertTrue(built.expectsAll());
        built.table().clear();
        assertEquals(false, built.expectsAll());
    }

    @Test
    void aRatioIsHeldAgainstItsGoal() {
        Figure fast = Figure.of(
                "walking",
                Cost.nanoseconds(50),
                "parsing",
                Cost.nanoseconds(1000),
                Figure.Direction.TIMES_AS_FAST,
                Goal.atLeast(15));
        Figure heavy = Figure.of(
                "memory",
                Cost.mebibytes(3 << 20),
                "the limit",
                Cost.mebibytes(2 << 20),
                Figure.Direction.OF_THE_BASELINE,
                Goal.atMost(1));
        assertEquals("""
                | what    | measured | baseline, same run | measured | ratio           | goal    | verdict |
                | ------- | -------- | ------------------ | -------- | --------------- | ------- | ------- |
                | walking | 50.0 ns  | parsing            | 1000 ns  | 20.00 x as fast | >= 15.0 | pass    |
                | memory  | 3.00 MiB | the limit          | 2.00 MiB | 1.50 x of it    | <= 1.0  | MISS    |
                """, Report.table(List.of(fast, heavy)));
    }

    @Test
    void junkIsKeptWhicheverWayItIsWritten() throws Exception {
        Counted batches = new Counted();
        new JunkHour(batches.store(), 1).inBatches(Duration.ofSeconds(60));
        Counted each = new Counted();
        new JunkHour(each.store(), 2).oneByOne(Duration.ofSeconds(60));
        assertEquals(60 * JunkHour.PER_SECOND, batches.packets);
        assertEquals(60 * JunkHour.PER_SECOND, each.packets);
        assertEquals(60 * JunkHour.PER_SECOND, each.commits);
        assertTrue(batches.commits <= 60 / 5 + 1, batches.commits + " commits");
    }

    /** A store that counts the records it receives. */
    private static final class Counted {
        private int commits;
        private int packets;

        private Store store() {
            StoreTransaction transaction = proxy(StoreTransaction.class, (method, arguments) -> {
                packets += method.equals("put") ? 1 : 0;
                return method.equals("delete") ? false : null;
            });
            return proxy(Store.class, (method, arguments) -> {
                if (method.equals("transact")) {
                    commits++;
                    return ((Store.Work<?, ?>) arguments[0]).run(transaction);
                }
                return null;
            });
        }

        private interface Handler {
            Object handle(String method, Object[] arguments) throws Exception;
        }

        private static <T> T proxy(Class<T> type, Handler handler) {
            return type.cast(Proxy.newProxyInstance(
                    type.getClassLoader(),
                    new Class<?>[] {type},
                    (self, method, arguments) -> method.isDefault()
                            ? InvocationHandler.invokeDefault(self, method, arguments)
                            : handler.handle(method.getName(), arguments)));
        }
    }

    @Test
    void theMedianOfAnEvenCountLiesBetween() {
        assertEquals(2.5, Samples.median(4, 1, 3, 2));
        assertEquals(9.1, Samples.quantile(0.9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 1e-9);
    }
}
