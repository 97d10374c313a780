package org.partyline.shell.wallet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.Network;
import org.partyline.api.transport.LocalWallets.Progress;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

/** This server's own wallets, and the nodes that use them. */
class LocalWalletCommandsTest {
    @TempDir
    Path directory;

    private final FakeEngine fake = FakeEngine.furnished();

    @AfterEach
    void everySecretIsWiped() {
        fake.secrets.forEach(secret -> assertArrayEquals(new char[secret.length], secret));
        Thread.interrupted();
    }

    private Runner plain() {
        return in(FakeSession.withoutTerminal());
    }

    private Runner answering(String... answers) {
        return in(FakeSession.withTerminal(100, 60).answer(answers));
    }

    private Runner in(FakeSession session) {
        session.currentDir(directory);
        return new Runner(fake, session);
    }

    private static String bare(String printed) {
        return AttributedString.stripAnsi(printed).replaceAll("\\s+", " ");
    }

    private String file(String name, String content, String mode) throws Exception {
        Path path = directory.resolve(name);
        Files.writeString(path, content);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        return name;
    }

    @Test
    void newWordsAreShownOnceAndThenWipedFromTheScreen() throws Exception {
        Runner runner = answering("");
        String printed = runner.run("wallet-create", "--network", "signet");
        String shown = bare(printed);
        assertTrue(shown.contains("Wallet local on signet is created."), shown);
        assertTrue(shown.contains(" 1 abandon 2 ability 3 able 4 about 5 above "), shown);
        assertTrue(shown.contains(" 12 accident "), shown);
        assertEquals(
                List.of("Press Enter when you have written them down: the screen is then cleared: "),
                runner.session.prompts);
        int clear = printed.indexOf("\u001B[H\u001B[2J\u001B[3J");
        assertTrue(clear > printed.indexOf("accident"), printed);
        assertEquals(List.of("wallet signet 12"), fake.calls);
    }

    @Test
    void theScreenIsClearedAlsoWhenTheOperatorPressesCtrlC() throws Exception {
        Runner runner = answering(FakeSession.CTRL_C);
        org.junit.jupiter.api.Assertions.assertThrows(
                InterruptedException.class, () -> runner.run("wallet-create", "--network", "signet"));
        assertTrue(runner.session.printed().endsWith("\u001B[H\u001B[2J\u001B[3J"));
    }

    @Test
    void wordsGoIntoANewFileOfTheOperatorAlone() throws Exception {
        String printed = plain().run("wallet-create", "--network", "signet", "--words", "24", "--words-file", "w.txt");
        assertEquals(List.of("wallet signet 24"), fake.calls);
        assertEquals(Samples.WORDS + "\n", Files.readString(directory.resolve("w.txt")));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("w.txt"))));
        assertFalse(printed.contains("abandon"), printed);
        String json = plain().run("wallet-words", "--words-file", "again.txt", "--json");
        assertFalse(json.contains("abandon"), json);
        assertEquals(
                directory.resolve("again.txt").toString(),
                new ObjectMapper().readTree(json).get("words_file").asText());
        assertEquals(Samples.WORDS + "\n", Files.readString(directory.resolve("again.txt")));
    }

    @Test
    void wordsAreNeverWrittenOverAFileNorIntoAPipe() throws Exception {
        file("there.txt", "precious", "rw-------");
        assertEquals(
                "Error: the file " + directory.resolve("there.txt") + " already exists: choose another name",
                plain().refusal("wallet-create", "--network", "signet", "--words-file", "there.txt"));
        String terminal =
                "Error: the words are shown only on a terminal: name a new file for them with --words-file FILE";
        assertEquals(terminal, plain().refusal("wallet-create", "--network", "signet"));
        assertEquals(terminal, plain().refusal("wallet-words"));
        assertEquals(terminal, bare(answering().refusal("wallet-create", "--network", "signet", "--json")));
        assertEquals("precious", Files.readString(directory.resolve("there.txt")));
        assertTrue(fake.calls.isEmpty());
        assertTrue(fake.secrets.isEmpty());
    }

    @Test
    void aWalletThatIsRefusedLeavesNoFile() {
        assertEquals(
                "Error: a wallet has 12, 15, 18, 21 or 24 words, not 13",
                plain().refusal("wallet-create", "--network", "signet", "--words", "13", "--words-file", "w.txt"));
        assertTrue(Files.notExists(directory.resolve("w.txt")));
    }

    @Test
    void wordsAreAskedForWithoutEcho() throws Exception {
        fake.localWallets.readings.clear();
        Runner runner = answering(Samples.WORDS);
        String printed = runner.run("wallet-restore", "--network", "regtest", "--birthday", "2026-05-01");
        assertEquals(List.of("The 12 to 24 words, separated by spaces (not shown): "), runner.session.prompts);
        assertEquals(List.of((char) 0), runner.session.masks);
        assertEquals(List.of(Samples.WORDS), fake.secretTexts);
        assertEquals(List.of("restore regtest 2026-05-01T00:00:00Z"), fake.calls);
        assertEquals(fake.walletService.accounts(), fake.localWallets.accountsLookedFor);
        assertFalse(printed.contains("abandon"), printed);
    }

    @Test
    void wordsComeFromAFileOfAnyShape() throws Exception {
        String lines = Samples.WORDS.replace(' ', '\n') + "\n";
        plain().run("wallet-restore", "--network", "signet", "--words-file", file("w.txt", lines, "rw-------"));
        assertEquals(List.of(lines), fake.secretTexts);
        assertEquals(List.of("restore signet"), fake.calls);
    }

    @Test
    void wordsThatOthersCanReadAreRefused() throws Exception {
        assertEquals(
                "Error: other users can read or change 'w.txt': run chmod 600 on it first",
                plain().refusal(
                                "wallet-restore",
                                "--network",
                                "signet",
                                "--words-file",
                                file("w.txt", Samples.WORDS, "rw-r--r--")));
        assertEquals(
                "Error: there is no file 'none': name a file that contains the words",
                plain().refusal("wallet-restore", "--network", "signet", "--words-file", "none"));
        assertEquals(
                "Error: there is no terminal to ask for the words: name a file with --words-file FILE, or - for "
                        + "standard input",
                plain().refusal("wallet-restore", "--network", "signet"));
        assertEquals(
                "Error: no words were given: nothing was done",
                bare(answering("").refusal("wallet-restore", "--network", "signet")));
        assertTrue(fake.calls.isEmpty());
    }

    @Test
    void aWrongWordIsNamedByItsPlaceOnly() throws Exception {
        assertEquals(
                "Error: word 1 is not in the BIP39 list: check its spelling",
                bare(answering("wrong words").refusal("wallet-restore", "--network", "signet")));
    }

    @Test
    void aBirthdayIsADayOrHowLongAgo() throws Exception {
        plain().run(
                        "wallet-restore",
                        "--network",
                        "signet",
                        "--birthday",
                        "30d",
                        "--words-file",
                        file("w.txt", Samples.WORDS, "rw-------"));
        assertEquals(List.of("restore signet 2026-10-25T10:00:00Z"), fake.calls);
        assertEquals(
                "Error: --birthday is 2027-01-01, which is in the future: give the day the wallet was created",
                plain().refusal("wallet-restore", "--network", "signet", "--birthday", "2027-01-01"));
        assertEquals(
                "Error: 'long ago' is not a time: write how long ago, like 15m or 1h, or 2026-11-24T10:00:00Z",
                plain().refusal("wallet-restore", "--network", "signet", "--birthday", "long ago"));
    }

    @Test
    void theNetworkIsThatOfTheNodesWhereTheyAreOnOne() throws Exception {
        assertEquals(
                "Error: no node determines the network yet: name it with --network",
                plain().refusal("wallet-create", "--words-file", "w.txt"));
        assertTrue(Files.notExists(directory.resolve("w.txt")));
        fake.localWallets.readings.clear();
        assertEquals(
                "Error: there is no local wallet: create one with partyline:wallet-create, or restore one "
                        + "with partyline:wallet-restore",
                plain().refusal("wallet-rescan"));
        assertEquals(
                "Error: there is no local wallet on signet: create one with partyline:wallet-create, or "
                        + "restore one with partyline:wallet-restore",
                plain().refusal("wallet-rescan", "--network", "signet"));
    }

    private void reads(int... heights) {
        fake.localWallets.readings.clear();
        // The command polls twice before it waits.
        fake.localWallets.readings.add(Samples.reading(Network.SIGNET, heights[0], 450));
        for (int height : heights) {
            fake.localWallets.readings.add(Samples.reading(Network.SIGNET, height, 450));
        }
    }

    @Test
    void aRescanShowsHowFarItIs() throws Exception {
        reads(0, 10, 44, 46, 300, 449, 450);
        String printed = plain().run("wallet-rescan", "--wait", "--since", "2026-11-01");
        assertEquals(List.of("rescan signet 2026-11-01T00:00:00Z"), fake.calls);
        assertEquals(
                List.of(
                        "Wallet local on signet is reading its blocks again.",
                        "It has read up to block 0 of 450, 0 % …",
                        "It has read up to block 46 of 450, 10 % …",
                        "It has read up to block 300 of 450, 66 % …",
                        "It has read up to block 449 of 450, 99 % …",
                        "It has read all blocks, up to 450.",
                        "Next: partyline:wallet-status"),
                printed.lines().toList());
    }

    @Test
    void onATerminalTheProgressStaysOnOneLine() throws Exception {
        reads(100, 200, 450);
        String printed = answering().run("wallet-rescan", "--wait");
        assertTrue(
                printed.contains(
                        "It has read up to block 100 of 450, 22 % …\rIt has read up to block 200 of 450, 44 % …\r"
                                + "It has read all blocks, up to 450.     "),
                printed);
    }

    @Test
    void ctrlCEndsTheWaitingAndNotTheReading() throws Exception {
        reads(100, 200, 300);
        FakeSession session = FakeSession.withoutTerminal();
        Runner runner = new Runner(fake, session, fake.engine(), time -> {
            throw new InterruptedException();
        });
        String printed = runner.run("wallet-rescan", "--wait");
        assertTrue(
                printed.endsWith("No longer waiting. Reading continues: partyline:wallet-status shows the progress.\n"),
                printed);
    }

    @Test
    void progressNeverSaysAllBeforeAllIsRead() {
        assertEquals(0, LocalWalletText.percent(Samples.reading(Network.SIGNET, -1, -1)));
        assertEquals(99, LocalWalletText.percent(Samples.reading(Network.SIGNET, 999_999, 1_000_000)));
        assertEquals(100, LocalWalletText.percent(Samples.reading(Network.SIGNET, 450, 450)));
        Progress late = new Progress("local", Network.SIGNET, java.util.Optional.of("home"), 400, 425, 450);
        assertEquals(50, LocalWalletText.percent(late));
        assertEquals(
                "waiting for a ready node on signet",
                LocalWalletText.progress(Samples.reading(Network.SIGNET, 10, -1)));
    }

    @Test
    void anAddressMayHaveANote() throws Exception {
        fake.localWallets.readings.clear();
        fake.localWallets.readings.add(Samples.reading(Network.EMBEDDED, 4, 4));
        plain().run("wallet-address", "--label", "From the exchange");
        assertEquals("From the exchange", fake.localWallets.labels.get("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"));
        assertEquals(
                "Error: --label requires a wallet of this server's own: name one with --wallet, one of local",
                plain().refusal("wallet-address", "--label", "x", "--wallet", "core"));
        fake.localWallets.readings.clear();
        assertEquals(
                "Error: --label requires a wallet of this server's own: omit it, or create one with "
                        + "partyline:wallet-create",
                plain().refusal("wallet-address", "--label", "x"));
    }

    @Test
    void notesAreListedChangedAndTakenAway() throws Exception {
        assertTrue(plain().run("wallet-label").contains("From a friend"));
        assertTrue(plain().run("wallet-label", Samples.ADDRESS, "From work").contains("From work"));
        assertEquals("No labels.\n", plain().run("wallet-label", Samples.ADDRESS));
        assertEquals(
                "Error: 'bc1qzz' is not an address on a network where this server has a wallet: see "
                        + "partyline:wallet-status",
                plain().refusal("wallet-label", "bc1qzz", "text"));
        assertEquals(
                "Error: that address does not belong to wallet local",
                plain().refusal("wallet-label", "tb1qzz", "text"));
        fake.localWallets.readings.clear();
        assertTrue(plain().refusal("wallet-label", "tb1qzz", "text")
                .startsWith("Error: there is no local wallet: create"));
    }

    @Test
    void aNodeOfPeersIsAddedWithItsPeersAndItsProxy() throws Exception {
        plain().run(
                        "node-add",
                        "home",
                        "--type",
                        "bitcoinj",
                        "--network",
                        "signet",
                        "--peers",
                        "127.0.0.1:8333,EXAMPLE.onion:8333",
                        "--proxy",
                        "127.0.0.1:9050",
                        "--wallet",
                        "none");
        assertEquals(
                Map.of(
                        "network",
                        "signet",
                        "peers",
                        "127.0.0.1:8333,EXAMPLE.onion:8333",
                        "proxy",
                        "127.0.0.1:9050",
                        "wallet",
                        "none"),
                fake.added.get("home bitcoinj"));
    }

    @Test
    void theLocalWalletPaysForANodeThatHasNoneOfItsOwn() throws Exception {
        String printed = plain().run("node-add", "core", "--type", "rpc", "--wallet", "local");
        assertEquals(Map.of(), fake.added.get("core rpc"));
        assertTrue(printed.contains("Next: partyline:wallet-create or partyline:wallet-restore"), printed);
        plain().run("node-add", "p", "--type", "bitcoinj", "--wallet", "local");
        assertEquals(Map.of("wallet", "local"), fake.added.get("p bitcoinj"));
        plain().run("node-add", "other", "--type", "rpc", "--wallet", "partyline");
        assertEquals(Map.of("wallet", "partyline"), fake.added.get("other rpc"));
        plain().run("node-add", "named", "--type", "rpc", "--wallet", "core:local");
        assertEquals(Map.of("wallet", "core:local"), fake.added.get("named rpc"));
    }
}
