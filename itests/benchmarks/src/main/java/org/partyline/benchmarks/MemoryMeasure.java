package org.partyline.benchmarks;

import java.nio.file.Path;
import java.util.List;

/** Measures the memory of a million expected locators in a heap of 128 MiB, with their chains. */
final class MemoryMeasure {
    private static final int LIMIT_MIB = 128;

    private MemoryMeasure() {}

    static List<Figure> run(Work work) {
        Running child = Running.start(
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + LIMIT_MIB + "m",
                        "-classpath",
                        System.getProperty("java.class.path"),
                        MillionLocators.class.getName()),
                work.newFile("million-locators.log"));
        child.join();
        long used = Long.parseLong(child.output().strip());
        return List.of(Figure.of(
                "heap in use, a million expected locators with their chains",
                Cost.mebibytes(used),
                "the heap it ran in, -Xmx" + LIMIT_MIB + "m",
                Cost.mebibytes((double) LIMIT_MIB * (1 << 20)),
                Figure.Direction.OF_THE_BASELINE,
                Goal.atMost(1)));
    }
}
