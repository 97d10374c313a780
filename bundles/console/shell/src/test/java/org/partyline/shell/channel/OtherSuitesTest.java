package org.partyline.shell.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Suites.Suite;
import org.partyline.shell.testing.Runner;

/** Suites and derivations of bundles outside this repository. */
class OtherSuitesTest {
    private final Runner runner = Runner.plain();

    @Test
    void aSecondClaimIsShownWithItsReason() throws Exception {
        runner.fake.moreSuites.add(new Suite(
                "aead",
                "SPECK",
                false,
                true,
                true,
                0,
                "com.example.speck 1.0.0",
                "refused: code 200 is used by SIMON of com.example.simon 1.0.0",
                List.of()));
        String row = runner.run("suite-list")
                .lines()
                .filter(line -> line.contains("SPECK"))
                .findFirst()
                .orElseThrow();
        assertTrue(row.contains("refused") && !row.contains("absent"), row);
        assertTrue(runner.run("suite-list", "--json")
                .contains("\"bundle_state\":\"refused: code 200 is used by SIMON of com.example.simon 1.0.0\""));
    }

    @Test
    void whatADerivationCostsIsSaidInItsOwnNumbers() {
        assertEquals(
                "ROUNDS, time cost 3, memory 0, parallelism 1",
                KdfChoice.describe(new KdfParameters(new KdfId(201, "ROUNDS"), 3, 0, 1)));
    }
}
