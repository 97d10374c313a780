package org.partyline.transportbitcoinj;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.LocalWallets;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Wallet;
import org.partyline.testkit.Eventually;
import org.partyline.transportbitcoinj.wallet.WalletBench;

/** The local wallet over the peers of a real node: funded, spent, restored from its words. */
class LocalWalletIT {
    private static RegtestNode core;

    private RunningNode node;
    private WalletBench bench;

    @BeforeAll
    static void startNode() throws IOException {
        core = RegtestNode.start();
    }

    @AfterAll
    static void stopNode() {
        if (core != null) {
            core.close();
        }
    }

    @BeforeEach
    void connect() {
        node = RunningNode.at(core.peer());
        bench = new WalletBench(node.transport());
        Eventually.that("the node is ready", () -> node.transport().status().state() == NodeStatus.State.READY);
    }

    @AfterEach
    void disconnect() {
        bench.close();
        node.close();
    }

    private static boolean caughtUp(LocalWallets wallets) throws Exception {
        return wallets.list().get(0).height() == core.height();
    }

    @Test
    void isFundedSpendsAndIsRestoredFromItsWords() throws Exception {
        char[] words = bench.wallets().create(Network.REGTEST, 12);
        Wallet wallet = bench.wallet();
        Eventually.that("the wallet follows", () -> caughtUp(bench.wallets()));
        for (String account : List.of("", "p2")) {
            for (int i = 0; i < 3; i++) {
                core.pay(wallet.freshAddress(account), 100_000);
            }
        }
        Eventually.that("the payments are under way", () -> wallet.status("p2").unconfirmed() == 300_000);
        core.mine(1);
        Eventually.that("the coins are there", () -> wallet.status("p2").confirmed() == 300_000);
        assertEquals(300_000, wallet.status("").confirmed());

        List<SignedTransaction> sent = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            SignedTransaction paid = wallet.pay("", List.of(new byte[80]), new FeeRate(1500));
            node.transport().broadcast(paid.raw());
            sent.add(paid);
            Eventually.that("it is seen", () -> wallet.status("").reserved() == 0);
        }
        String block = core.mine(1);
        for (SignedTransaction each : sent) {
            assertTrue(core.call("", "getblock", block)
                    .path("tx")
                    .toString()
                    .contains(each.id().toString()));
        }
        long fees = sent.stream().mapToLong(SignedTransaction::fee).sum();
        Eventually.that("the change is there", () -> wallet.status("").confirmed() == 300_000 - fees);
        assertEquals(300_000, wallet.status("p2").confirmed());

        try (WalletBench other = new WalletBench(node.transport())) {
            other.wallets().restore(Network.REGTEST, words, Optional.empty());
            Eventually.that("all blocks are read again", () -> caughtUp(other.wallets()));
            for (String account : List.of("", "p2")) {
                AccountStatus there = other.wallet().status(account);
                assertEquals(wallet.status(account).confirmed(), there.confirmed());
                assertEquals(wallet.status(account).coins(), there.coins());
            }
            SignedTransaction paid = other.wallet().pay("p2", List.of(new byte[80]), new FeeRate(1000));
            node.transport().broadcast(paid.raw());
            Eventually.that(
                    "the first one sees it too", () -> wallet.status("p2").unconfirmed() > 0);
            core.mine(1);
            Eventually.that("both agree", () -> wallet.status("p2").confirmed() == 300_000 - paid.fee());
        }
    }

    @Test
    void aReorganisationTakesCoinsBackAndBringsThemAgain() throws Exception {
        bench.wallets().create(Network.REGTEST, 12);
        Wallet wallet = bench.wallet();
        Eventually.that("the wallet follows", () -> caughtUp(bench.wallets()));
        String id = core.pay(wallet.freshAddress(""), 100_000);
        String raw = core.call("", "getrawtransaction", id).asText();
        String first = core.mine(1);
        core.mine(2);
        Eventually.that("the coin is there", () -> wallet.status("").confirmed() == 100_000);

        core.call("", "invalidateblock", first);
        core.mine(4);

        Eventually.that("the wallet follows", () -> caughtUp(bench.wallets()));
        if (wallet.status("").confirmed() == 0) {
            if (!core.call("", "getrawmempool").toString().contains(id)) {
                core.call("", "sendrawtransaction", raw);
            }
            core.mine(1);
        }
        Eventually.that("the coin is there again", () -> wallet.status("").confirmed() == 100_000);
    }

    @Test
    void aRestartInTheMiddleForgetsNothing() throws Exception {
        bench.wallets().create(Network.REGTEST, 24);
        Eventually.that("the wallet follows", () -> caughtUp(bench.wallets()));
        String address = bench.wallet().freshAddress("");
        core.pay(address, 100_000);
        core.mine(1);
        Eventually.that("the coin is there", () -> bench.wallet().status("").confirmed() == 100_000);
        SignedTransaction paid = bench.wallet().pay("", List.of(new byte[64]), new FeeRate(1000));

        WalletBench before = bench;
        bench = before.afterAKill(node.transport());
        before.close();
        core.mine(3);

        Eventually.that("the wallet follows", () -> caughtUp(bench.wallets()));
        assertEquals(100_000, bench.wallet().status("").reserved());
        bench.wallet().reserve("", paid);
        node.transport().broadcast(paid.raw());
        core.mine(1);
        Eventually.that("it is paid", () -> bench.wallet().status("").confirmed() == 100_000 - paid.fee());
    }
}
