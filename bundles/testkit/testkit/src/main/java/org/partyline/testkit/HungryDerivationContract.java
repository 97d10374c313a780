package org.partyline.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.partyline.api.crypto.KdfMemory;
import org.partyline.api.crypto.KdfMemoryException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;

/** The contract of every {@link KeyDerivation} that needs megabytes of memory. */
public abstract class HungryDerivationContract extends KeyDerivationContract {
    private final KdfParameters cheap;
    private final KdfParameters usual;
    private final Class<?> smallHeap;

    /**
     * @param cheap parameters that need no time and hardly any memory
     * @param usual parameters that take 32 to 64 MiB
     * @param foreign parameters of another derivation
     * @param smallHeap a program that calls {@link #deriveInASmallHeap}
     */
    protected HungryDerivationContract(
            KeyDerivation kdf, KdfParameters cheap, KdfParameters usual, KdfParameters foreign, Class<?> smallHeap) {
        super(kdf, cheap, foreign);
        this.cheap = cheap;
        this.usual = usual;
        this.smallHeap = smallHeap;
    }

    /** Returns a derivation that asks this before it allocates memory. */
    protected abstract KeyDerivation withMemory(KdfMemory memory);

    @Test
    void moreMemoryThanTheHeapHasLeftIsRefusedBeforeItIsTaken() {
        SetHeap heap = new SetHeap(512L << 20, 470L << 20);
        KeyDerivation small = withMemory(new KdfMemory(heap));
        KdfMemoryException refusal =
                assertThrows(KdfMemoryException.class, () -> small.derive(new byte[8], new byte[16], usual, 32));
        assertTrue(refusal.getMessage().contains("this server can use only 10240 KiB"), refusal.getMessage());
        assertTrue(refusal.getMessage().endsWith("PARTYLINE_HEAP"), refusal.getMessage());
        assertThrows(KdfMemoryException.class, () -> small.requireMemory(usual));
        small.derive(new byte[8], new byte[16], cheap, 32).close();
        small.requireMemory(cheap);
    }

    /** In a separate JVM whose heap is really too small, unknown to the memory meter. */
    @Test
    void aHeapThatRunsOutAllTheSameIsARefusalAndTheThreadGoesOn() throws Exception {
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx24m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        smallHeap.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, java.waitFor(), said);
        assertTrue(said.contains("PARTYLINE_HEAP"), said);
        assertTrue(said.contains("goes on"), said);
    }

    /** Derives with more memory than there is, then with less, on one thread, and prints the results. */
    protected static void deriveInASmallHeap(
            Function<KdfMemory, KeyDerivation> derivation, KdfParameters usual, KdfParameters cheap) {
        KeyDerivation kdf = derivation.apply(new KdfMemory(new SetHeap(1L << 40, 0)));
        try {
            kdf.derive(new byte[8], new byte[16], usual, 32).close();
            System.out.println("it fits");
        } catch (KdfMemoryException e) {
            System.out.println(e.getMessage());
        }
        kdf.derive(new byte[8], new byte[16], cheap, 32).close();
        System.out.println("goes on");
    }

    private record SetHeap(long most, long used) implements KdfMemory.Heap {
        @Override
        public void collect() {
            // None of it can be spared.
        }
    }
}
