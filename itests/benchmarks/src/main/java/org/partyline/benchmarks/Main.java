package org.partyline.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/** Runs the benchmarks, and prints the table to standard output, and progress to standard error. */
public final class Main {
    private static final String NATIVE = "native";

    private Main() {}

    private interface Part {
        List<Figure> run() throws Exception;
    }

    /**
     * Ends with status 0 if each part returned its figures; ends at the first one that did not, with status 1 and its
     * name. It does not wait for threads that a broken part left behind.
     *
     * @param arguments one, the parts to run, separated by commas; none for all
     */
    public static void main(String[] arguments) {
        Effort effort = Boolean.getBoolean("quick") ? Effort.QUICK : Effort.FULL;
        Map<String, Part> parts = parts(new Work(Path.of(System.getProperty("work", "target/work"))), effort);
        List<String> wanted = arguments.length == 0 ? List.copyOf(parts.keySet()) : List.of(arguments[0].split(","));
        List<Figure> figures = new ArrayList<>();
        for (String name : wanted) {
            Part part = parts.get(name);
            if (part == null) {
                System.err.println("Error: there is no part " + name + "; there are " + parts.keySet() + ".");
                System.exit(1);
            }
            long begin = System.nanoTime();
            try {
                figures.addAll(part.run());
            } catch (Throwable e) {
                System.err.println("Error: part " + name + " failed.");
                e.printStackTrace();
                System.exit(1);
            }
            System.err.printf(Locale.ROOT, "%s: %.0f s%n", name, (System.nanoTime() - begin) / 1e9);
        }
        System.out.printf(
                "%nJava %s, %d processors, %s%n%n",
                Runtime.version(), Runtime.getRuntime().availableProcessors(), System.getProperty("os.name"));
        System.out.print(Report.table(figures));
        System.exit(0);
    }

    private static Map<String, Part> parts(Work work, Effort effort) {
        Map<String, Part> parts = new LinkedHashMap<>();
        parts.put("scan", () -> scan(effort));
        parts.put("recognise", () -> recognise(effort));
        parts.put("open", () -> open(effort, NativeProgram.compile(work)));
        parts.put("derive", () -> derive(effort, NativeProgram.compile(work)));
        parts.put("kem", () -> kem(effort));
        parts.put("memory", () -> MemoryMeasure.run(work));
        parts.put(
                "junk",
                () -> JunkMeasure.run(effort, work, work.unpack(archive("partyline.distribution"), "junk-server")));
        parts.put(
                "node",
                () -> NodeMeasure.run(effort, work, work.unpack(archive("partyline.distribution"), "node-server")));
        parts.put(
                "start",
                () -> StartMeasure.run(
                        effort,
                        work,
                        work.unpack(archive("partyline.distribution"), "partyline"),
                        work.unpack(archive("karaf.distribution"), "karaf")));
        parts.put(
                "command",
                () -> CommandMeasure.run(
                        effort, work, work.unpack(archive("partyline.distribution"), "partyline-command")));
        parts.put(
                "scale",
                () -> ScaleMeasure.run(effort, work.unpack(archive("partyline.distribution"), "partyline-scale")));
        return parts;
    }

    private static Path archive(String property) {
        String path = System.getProperty(property);
        if (path == null) {
            throw new IllegalArgumentException("-D" + property + " names no archive");
        }
        return Path.of(path);
    }

    private static List<Figure> scan(Effort effort) throws Exception {
        return List.of(Forks.run(effort, ScannerBenchmark.class, List.of("scanner", "bitcoinj"))
                .figure(
                        "finding OP_RETURNs in a raw transaction",
                        "scanner",
                        "bitcoinj",
                        "bitcoinj's parse alone",
                        Figure.Direction.TIMES_AS_FAST,
                        Goal.atLeast(15)));
    }

    private static List<Figure> recognise(Effort effort) throws Exception {
        Forks forks = Forks.run(effort, RecognitionBenchmark.class, Arrays.asList("recognise", "midstates", "macs"));
        return List.of(
                forks.figure(
                        "a stranger's packet, 100 channels x 3 days, 100,000 locators",
                        "recognise",
                        "midstates",
                        "300 HMACs, SHA-256 states kept and cloned",
                        Figure.Direction.OF_THE_BASELINE,
                        Goal.atMost(1.5)),
                forks.figure(
                        "the same",
                        "recognise",
                        "macs",
                        "300 HMACs, a keyed javax.crypto.Mac kept for each",
                        Figure.Direction.OF_THE_BASELINE,
                        Goal.atMost(1.5)));
    }

    private static List<Figure> open(Effort effort, Optional<NativeProgram> c) throws Exception {
        Forks forks =
                Forks.run(effort, OpeningBenchmark.class, List.of("ours", "bouncyCastle"), inC(c, effort, "open"));
        List<Figure> figures = new ArrayList<>();
        figures.add(forks.figure(
                "opening an 80-byte packet with a new key",
                "ours",
                "bouncyCastle",
                "Bouncy Castle's XChaCha20-Poly1305",
                Figure.Direction.OF_THE_BASELINE,
                Goal.atMost(0.8)));
        if (c.isPresent()) {
            figures.add(forks.figure(
                    "the same",
                    "ours",
                    NATIVE,
                    "libsodium's, called in C",
                    Figure.Direction.OF_THE_BASELINE,
                    Goal.atMost(1.5)));
        }
        return figures;
    }

    private static List<Figure> derive(Effort effort, Optional<NativeProgram> c) throws Exception {
        Forks forks = Forks.run(effort, DerivationBenchmark.class, List.of("ours"), inC(c, effort, "argon2"));
        return c.isEmpty()
                ? List.of()
                : List.of(forks.figure(
                        "Argon2id, 64 MiB, 3 passes, 4 lanes: processor time",
                        "ours",
                        NATIVE,
                        "libargon2, called in C",
                        Figure.Direction.OF_THE_BASELINE,
                        Goal.atMost(1.1)));
    }

    private static Map<String, DoubleSupplier> inC(Optional<NativeProgram> c, Effort effort, String operation) {
        return c.<Map<String, DoubleSupplier>>map(
                        program -> Map.of(NATIVE, () -> program.nanoseconds(operation, effort.iterations())))
                .orElse(Map.of());
    }

    private static List<Figure> kem(Effort effort) throws Exception {
        Forks forks = Forks.run(
                effort, KemBenchmark.class, List.of("key", "encapsulate", "decapsulate", "x25519Key", "x25519Agree"));
        return List.of(
                forks.figure(
                        "ML-KEM-768: a key of 1,184 bytes",
                        "key",
                        "x25519Key",
                        "the JDK's X25519 key pair",
                        Figure.Direction.OF_THE_BASELINE,
                        Goal.NONE),
                forks.figure(
                        "ML-KEM-768: a secret and its ciphertext of 1,088 bytes",
                        "encapsulate",
                        "x25519Agree",
                        "the JDK's X25519 agreement",
                        Figure.Direction.OF_THE_BASELINE,
                        Goal.NONE),
                forks.figure(
                        "ML-KEM-768: the secret of a ciphertext, from the seed",
                        "decapsulate",
                        "x25519Agree",
                        "the JDK's X25519 agreement",
                        Figure.Direction.OF_THE_BASELINE,
                        Goal.NONE));
    }
}
