package org.partyline.itests.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A Bitcoin node program on regtest. */
sealed interface NodeProgram {
    /** Returns the command that starts it. */
    ProcessBuilder command(Settings settings);

    /** Returns the path of its cookie file. */
    Path cookie(Settings settings);

    /**
     * @param directory its own
     * @param zmqPort 0 for no ZMQ
     * @param dataCarrier allowed bytes of OP_RETURN scripts in a transaction; 0 for one output with 80 bytes of data
     * @param maxMempool maximum size of the mempool in megabytes; 0 for its default
     * @param minRelay minimum fee rate in satoshi for 1,000 virtual bytes, also from its peers; 0 for its default
     * @param stock whether it announces transactions with the delays that nodes have on public networks (Bitcoin Core
     *     only)
     * @param peers ports of the nodes on 127.0.0.1 that it connects to
     */
    record Settings(
            Path directory,
            int rpcPort,
            int peerPort,
            int zmqPort,
            int dataCarrier,
            int maxMempool,
            int minRelay,
            boolean stock,
            List<Integer> peers) {
        private List<String> addresses() {
            return peers.stream().map(port -> "127.0.0.1:" + port).toList();
        }
    }

    /** bcoin, from {@code itests/regtest}. */
    record Bcoin(Path source) implements NodeProgram {
        private static final Duration INSTALL_LIMIT = Duration.ofMinutes(5);

        /** Downloads its dependencies if that was not done yet. */
        static synchronized Bcoin installed() {
            Path source = Places.inCheckout("itests/regtest/node.js").getParent();
            if (!Files.isDirectory(source.resolve("node_modules/bcoin"))) {
                Programs.run(
                        new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
                                .directory(source.toFile()),
                        INSTALL_LIMIT);
            }
            return new Bcoin(source);
        }

        @Override
        public ProcessBuilder command(Settings settings) {
            ProcessBuilder builder = new ProcessBuilder("node", "node.js").directory(source.toFile());
            var environment = builder.environment();
            environment.put("NODE_BACKEND", "js");
            environment.put("RPC_PORT", Integer.toString(settings.rpcPort()));
            environment.put("P2P_PORT", Integer.toString(settings.peerPort()));
            environment.put("COOKIE_FILE", cookie(settings).toString());
            environment.put("CONNECT", String.join(",", settings.addresses()));
            if (settings.zmqPort() != 0) {
                environment.put("ZMQ_PORT", Integer.toString(settings.zmqPort()));
            }
            if (settings.dataCarrier() != 0) {
                environment.put("DATACARRIER", Integer.toString(settings.dataCarrier()));
            }
            if (settings.maxMempool() != 0) {
                environment.put("MAXMEMPOOL", Integer.toString(settings.maxMempool()));
            }
            if (settings.minRelay() != 0) {
                environment.put("MINRELAY", Integer.toString(settings.minRelay()));
            }
            return builder;
        }

        @Override
        public Path cookie(Settings settings) {
            return settings.directory().resolve(".cookie");
        }
    }

    /** Bitcoin Core. */
    record Core(Path program) implements NodeProgram {
        private static final int DATA_OF_OLD_NODES = 83;

        @Override
        public ProcessBuilder command(Settings settings) {
            try {
                Files.createDirectories(settings.directory());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            List<String> words = new ArrayList<>(List.of(
                    program.toString(),
                    "-regtest",
                    "-datadir=" + settings.directory(),
                    "-listen=1",
                    "-bind=127.0.0.1:" + settings.peerPort(),
                    "-listenonion=0",
                    "-dnsseed=0",
                    "-discover=0",
                    "-connect=0",
                    "-rpcbind=127.0.0.1",
                    "-rpcallowip=127.0.0.1",
                    "-rpcport=" + settings.rpcPort(),
                    "-fallbackfee=0.0001",
                    "-txindex=1",
                    "-datacarriersize=" + (settings.dataCarrier() == 0 ? DATA_OF_OLD_NODES : settings.dataCarrier())));
            // Stock: no peer is lost when its clock jumps. Otherwise, it announces at once, and reports its mempool.
            words.add(settings.stock() ? "-peertimeout=999999999" : "-whitelist=noban,mempool,in,out@127.0.0.1");
            settings.addresses().forEach(peer -> words.add("-addnode=" + peer));
            if (settings.maxMempool() != 0) {
                words.add("-maxmempool=" + settings.maxMempool());
            }
            if (settings.minRelay() != 0) {
                words.add("-minrelaytxfee="
                        + BigDecimal.valueOf(settings.minRelay(), 8).toPlainString());
            }
            if (settings.zmqPort() != 0) {
                String address = "tcp://127.0.0.1:" + settings.zmqPort();
                words.addAll(List.of(
                        "-zmqpubrawtx=" + address,
                        "-zmqpubsequence=" + address,
                        "-zmqpubrawtxhwm=100000",
                        "-zmqpubsequencehwm=100000"));
            }
            return new ProcessBuilder(words);
        }

        @Override
        public Path cookie(Settings settings) {
            return settings.directory().resolve("regtest/.cookie");
        }
    }
}
