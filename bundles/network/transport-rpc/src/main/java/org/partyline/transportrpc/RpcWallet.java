package org.partyline.transportrpc;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.FeeRule;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Wallet;
import org.partyline.api.transport.WalletException;
import org.partyline.bitcointx.DataScript;
import org.partyline.bitcointx.MalformedException;
import org.partyline.bitcointx.OutPoint;
import org.partyline.bitcointx.TxView;

/**
 * Implements {@link Wallet} with the node's wallets: the configured one, and one {@code WALLET-ACCOUNT} for each other
 * account.
 *
 * <p>The node chooses coins, keeps the keys and signs; this class writes the outputs, and checks that the result is
 * what was requested.
 */
final class RpcWallet implements Wallet {
    private static final Pattern ACCOUNT = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?");
    private static final Pattern ADDRESS = Pattern.compile("[!-~]{1,100}");
    private static final long LAST_INDEX = 0xffffffffL;
    private static final int MAX_CONFIRMATIONS = 9_999_999;
    /** Bitcoin Core sets a lock time only while its tip is this fresh (against fee sniping). */
    private static final Duration FRESH_TIP = Duration.ofHours(8);
    /** Overhead, one P2WPKH input and P2WPKH change, in virtual bytes. */
    private static final int BASE_VSIZE = 11 + 68 + 31;
    /**
     * If a wallet's signatures vary in length, one of the length for which the fee is right is found within this number
     * of attempts.
     */
    private static final int MOST_ROUNDS = 40;

    private static final int DEEPEST_LOCKTIME = 100;
    /**
     * The maximum number of coins that the node may choose if fewer are enough: each makes the transaction more
     * expensive than its quote.
     */
    private static final int MOST_CHOSEN = 3;

    /** The coins of one account that our unconfirmed transactions will spend. */
    private static final class Reserved {
        private final Set<OutPoint> coins = new LinkedHashSet<>();
        /** Held change, which the node may not know yet. */
        private final Set<OutPoint> held = new LinkedHashSet<>();
        /** Coins that the node may not have unlocked, since it did not answer. */
        private final Set<OutPoint> freed = new LinkedHashSet<>();
    }

    /** The last block. */
    private record Tip(long height, Instant time) {}

    private final RpcClient client;
    private final NodeMonitor monitor;
    private final RpcSettings settings;
    private final SecureRandom random;
    private final Clock clock;
    private final Map<String, Reserved> reserved = new ConcurrentHashMap<>();

    RpcWallet(RpcClient client, NodeMonitor monitor, RpcSettings settings, SecureRandom random, Clock clock) {
        this.client = client;
        this.monitor = monitor;
        this.settings = settings;
        this.random = random;
        this.clock = clock;
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public Network network() {
        return settings.network();
    }

    @Override
    public SignedTransaction pay(String account, List<byte[]> payloads, FeeRate rate)
            throws InsufficientFundsException, NodeUnavailableException, WalletException {
        String wallet = walletOf(account);
        if (payloads.isEmpty()) {
            throw new IllegalArgumentException("a transaction must carry at least one packet");
        }
        int least = BASE_VSIZE
                + payloads.stream().mapToInt(p -> 9 + DataScript.of(p).length).sum();
        checkFee(wallet, rate.fee(least));
        Reserved mine = reservedOf(account);
        synchronized (mine) {
            try {
                monitor.require();
                long locktime = locktime(prepare(account, wallet, mine));
                return fundAndSign(account, wallet, mine, payloads, locktime, rate, least);
            } catch (NodeProblem e) {
                throw e.toUnavailable();
            }
        }
    }

    /** Opens the wallet, locks the coins again that a restart of the node unlocked, and returns the tip. */
    private Tip prepare(String account, String wallet, Reserved mine) throws NodeProblem, WalletException {
        List<RpcAnswer> answers =
                batch(account, List.of(RpcCall.of("listlockunspent"), RpcCall.of("getblockchaininfo")));
        Set<OutPoint> locked = outpoints(value(wallet, "listlockunspent", answers.get(0)));
        client.batch(RpcClient.wallet(wallet), lockCalls(true, List.copyOf(mine.freed)));
        mine.freed.clear();
        List<OutPoint> lost =
                mine.coins.stream().filter(coin -> !locked.contains(coin)).toList();
        List<RpcAnswer> again = client.batch(RpcClient.wallet(wallet), lockCalls(false, lost));
        for (int i = 0; i < lost.size(); i++) {
            if (again.get(i).error() != null) {
                // Spent meanwhile: nothing is left to reserve.
                mine.coins.remove(lost.get(i));
            }
        }
        // Nobody can spend a coin that the node does not know; it is checked again next time.
        client.batch(
                RpcClient.wallet(wallet),
                lockCalls(
                        false,
                        mine.held.stream()
                                .filter(coin -> !locked.contains(coin))
                                .toList()));
        JsonNode chain = value(wallet, "getblockchaininfo", answers.get(1));
        return new Tip(chain.path("blocks").asLong(0), client.time("getblockchaininfo", chain.path("time")));
    }

    /** Like Bitcoin Core's wallet: the tip's height, one time in ten a little less; 0 if the tip is old. */
    private long locktime(Tip tip) {
        return random.nextInt(10) == 0 ? earlier(tip) : fresh(tip) ? tip.height() : 0;
    }

    private long earlier(Tip tip) {
        return fresh(tip) ? Math.max(0, tip.height() - random.nextInt(DEEPEST_LOCKTIME)) : 0;
    }

    private boolean fresh(Tip tip) {
        return !tip.time().isBefore(clock.instant().minus(FRESH_TIP));
    }

    private SignedTransaction fundAndSign(
            String account, String wallet, Reserved mine, List<byte[]> payloads, long locktime, FeeRate rate, int least)
            throws NodeProblem, NodeUnavailableException, WalletException, InsufficientFundsException {
        JsonNode funded = fund(account, wallet, Unfunded.of(payloads, locktime, List.of()), rate, least);
        List<OutPoint> coins = List.of();
        boolean done = false;
        try {
            TxView unsigned = transaction("fundrawtransaction", funded.path("hex"));
            coins = unsigned.spent();
            if (coins.size() > MOST_CHOSEN) {
                // While fees are low, the node consolidates as many small coins as it finds useful.
                unlock(wallet, coins);
                coins = List.of();
                funded = fund(
                        account, wallet, Unfunded.of(payloads, locktime, fewest(account, least, rate)), rate, least);
                unsigned = transaction("fundrawtransaction", funded.path("hex"));
                coins = unsigned.spent();
            }
            long fee = client.satoshi("fundrawtransaction", funded.path("fee"));
            checkOutputs(wallet, unsigned, payloads, locktime);
            checkFee(wallet, fee);
            TxView complete = sign(wallet, unsigned, "use one that has its private keys");
            test(wallet, complete, fee);
            mine.coins.addAll(coins);
            done = true;
            return new SignedTransaction(complete.id(), complete.raw(), complete.vsize(), fee);
        } catch (RpcException e) {
            throw refused(wallet, "signrawtransactionwithwallet", e);
        } catch (MalformedException e) {
            throw client.garbage("fundrawtransaction", e);
        } finally {
            if (!done) {
                unlock(wallet, coins);
            }
        }
    }

    /** Lets the node add coins and change. @param unfunded includes coins if only these are to be spent */
    private JsonNode fund(String account, String wallet, byte[] unfunded, FeeRate rate, int least)
            throws NodeProblem, WalletException, InsufficientFundsException {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("fee_rate", BigDecimal.valueOf(rate.satPerKvb(), 3).toPlainString());
        options.put("change_type", "bech32");
        options.put("lockUnspents", true);
        options.put("replaceable", true);
        try {
            return client.callAt(
                    RpcClient.wallet(wallet),
                    "fundrawtransaction",
                    HexFormat.of().formatHex(unfunded),
                    options,
                    false);
        } catch (RpcException e) {
            if (lacksFunds(e)) {
                throw insufficient(account, wallet, rate.fee(least), e);
            }
            throw refused(wallet, "fundrawtransaction", e);
        }
    }

    private List<OutPoint> fewest(String account, int least, FeeRate rate)
            throws NodeUnavailableException, WalletException {
        return status(account).fewest(least, rate).stream()
                .map(coin -> coin.outpoint().split(":"))
                .map(place -> new OutPoint(TxId.of(place[0]), Long.parseLong(place[1])))
                .toList();
    }

    @Override
    public int mostCoins(String account, int vsize, FeeRate rate) throws NodeUnavailableException, WalletException {
        return Math.max(MOST_CHOSEN, status(account).fewest(vsize, rate).size());
    }

    private TxView sign(String wallet, TxView unsigned, String advice)
            throws NodeProblem, RpcException, WalletException {
        JsonNode signed = client.callAt(
                RpcClient.wallet(wallet),
                "signrawtransactionwithwallet",
                HexFormat.of().formatHex(unsigned.raw()));
        if (!signed.path("complete").asBoolean(false)) {
            throw new WalletException(
                    "wallet " + wallet + " of node " + settings.name() + " cannot sign for its own coins; " + advice);
        }
        TxView complete = transaction("signrawtransactionwithwallet", signed.path("hex"));
        if (!complete.id().equals(unsigned.id())) {
            throw client.garbage("signrawtransactionwithwallet", null);
        }
        return complete;
    }

    @Override
    public SignedTransaction replace(String account, SignedTransaction previous, List<byte[]> payloads, FeeRule rule)
            throws InsufficientFundsException, NodeUnavailableException, WalletException {
        String wallet = walletOf(account);
        Replacement replacement;
        try {
            replacement = Replacement.of(TxView.of(previous.raw()), previous.fee(), payloads)
                    .orElseThrow(() -> new InsufficientFundsException("wallet " + wallet + " of node " + settings.name()
                            + ": transaction " + previous.id() + " has no change of its own and cannot be replaced"));
        } catch (MalformedException e) {
            throw new IllegalArgumentException("not a transaction: " + e.getMessage(), e);
        }
        Reserved mine = reservedOf(account);
        synchronized (mine) {
            try {
                monitor.require();
                return replace(wallet, replacement, rule, prepare(account, wallet, mine));
            } catch (RpcException e) {
                throw refused(wallet, "signrawtransactionwithwallet", e);
            } catch (MalformedException e) {
                throw new IllegalStateException("the new transaction cannot be read", e);
            } catch (NodeProblem e) {
                throw e.toUnavailable();
            }
        }
    }

    /** Signs until the fee is exactly that of the signed size, since the length of signatures varies. */
    private SignedTransaction replace(String wallet, Replacement replacement, FeeRule rule, Tip tip)
            throws NodeProblem, RpcException, MalformedException, InsufficientFundsException, WalletException {
        int vsize = replacement.likelyVsize();
        long locktime = locktime(tip);
        for (int round = 0; round < MOST_ROUNDS; round++) {
            long fee = rule.fee(vsize);
            long change = replacement.total() - fee;
            if (change < replacement.dust()) {
                throw new InsufficientFundsException("wallet " + wallet + " of node " + settings.name()
                        + ": the coin of transaction " + replacement.oldId() + " is used up: it holds "
                        + replacement.total() + " sat, and a fee of " + fee + " sat leaves less than "
                        + replacement.dust() + " sat; start with another coin");
            }
            if (fee > settings.maxFee()) {
                throw new InsufficientFundsException(overMaximum(wallet, fee));
            }
            int changeAt = random.nextInt(replacement.outputs());
            TxView signed = sign(
                    wallet,
                    TxView.of(replacement.unsigned(changeAt, change, locktime)),
                    "transaction " + replacement.oldId() + " is in a block, or not of this wallet");
            if (signed.vsize() == vsize) {
                test(wallet, signed, fee);
                return new SignedTransaction(signed.id(), signed.raw(), vsize, fee);
            }
            // At first, a shorter signature than usual (about one in 256) is replaced by another one of the larger
            // size,
            // since the fee's rate is by weight.
            vsize = round < MOST_ROUNDS / 2 ? Math.max(vsize, signed.vsize()) : signed.vsize();
            // The signed data must differ, otherwise the same two lengths alternate forever.
            locktime = earlier(tip);
        }
        throw new WalletException("wallet " + wallet + " of node " + settings.name() + ": " + MOST_ROUNDS
                + " signatures of transaction " + replacement.oldId() + " had another length each time; try again");
    }

    private void checkOutputs(String wallet, TxView transaction, List<byte[]> payloads, long locktime)
            throws MalformedException, WalletException {
        List<byte[]> left =
                new ArrayList<>(payloads.stream().map(DataScript::of).toList());
        int others = 0;
        for (TxView.Output output : transaction.outputs()) {
            if (!left.isEmpty() && output.amount() == 0 && Arrays.equals(left.get(0), output.script())) {
                left.remove(0);
            } else {
                others++;
            }
        }
        if (!left.isEmpty() || others > 1 || transaction.version() != 2 || transaction.lockTime() != locktime) {
            throw new WalletException("wallet " + wallet + " of node " + settings.name()
                    + " changed the outputs to be paid for; nothing is sent");
        }
    }

    private void checkFee(String wallet, long fee) throws WalletException {
        if (fee > settings.maxFee()) {
            throw new WalletException(overMaximum(wallet, fee));
        }
    }

    private String overMaximum(String wallet, long fee) {
        return "wallet " + wallet + " of node " + settings.name() + ": a fee of " + fee + " sat is more than max-fee="
                + settings.maxFee() + " sat; lower the fee rate or raise max-fee";
    }

    /** Tests it in the node's mempool, if possible, before anything depends on the transaction. */
    private void test(String wallet, TxView signed, long fee) throws NodeProblem, WalletException {
        JsonNode result;
        try {
            result = client.call("testmempoolaccept", List.of(HexFormat.of().formatHex(signed.raw())))
                    .path(0);
        } catch (RpcException e) {
            if (e.code() == RpcException.METHOD_NOT_FOUND) {
                return;
            }
            throw refused(wallet, "testmempoolaccept", e);
        }
        if (!result.path("allowed").isBoolean()) {
            throw client.garbage("testmempoolaccept", null);
        }
        if (!result.path("allowed").booleanValue()) {
            String reason = result.path("reject-details")
                    .asText(result.path("reject-reason").asText("no reason given"));
            throw new WalletException("node " + settings.name() + " would reject the transaction of wallet " + wallet
                    + ": " + RpcException.oneLine(reason));
        }
        JsonNode base = result.path("fees").path("base");
        if (base.isNumber() && client.satoshi("testmempoolaccept", base) != fee) {
            throw new WalletException("node " + settings.name() + " reports a fee of " + base + " BTC instead of " + fee
                    + " sat in wallet " + wallet + "; nothing is sent");
        }
    }

    private void unlock(String wallet, List<OutPoint> coins) {
        try {
            client.batch(RpcClient.wallet(wallet), lockCalls(true, coins));
        } catch (NodeProblem e) {
            // The node is gone; its locks are in memory and vanish with a restart. The caller receives the first
            // problem.
            org.slf4j.LoggerFactory.getLogger(RpcWallet.class)
                    .warn("{}: {} coins of wallet {} stay locked there", e.getMessage(), coins.size(), wallet);
        }
    }

    @Override
    public void reserve(String account, SignedTransaction transaction) throws NodeUnavailableException {
        lock(account, transaction, false);
    }

    @Override
    public void release(String account, SignedTransaction transaction) throws NodeUnavailableException {
        lock(account, transaction, true);
    }

    @Override
    public void hold(String account, SignedTransaction transaction, boolean keep) throws NodeUnavailableException {
        Reserved mine = reservedOf(account);
        synchronized (mine) {
            try {
                walletOf(account);
                TxView raw = TxView.of(transaction.raw());
                Optional<Integer> index = Replacement.changeIndex(raw);
                if (index.isEmpty()) {
                    return;
                }
                OutPoint change = new OutPoint(raw.id(), index.get());
                if (keep) {
                    mine.held.add(change);
                    mine.freed.remove(change);
                } else {
                    mine.held.remove(change);
                    mine.freed.add(change);
                }
                monitor.require();
                // An error: already in the requested state, or not known to the node yet; prepare() checks again before
                // each payment.
                batch(account, lockCalls(!keep, List.of(change)));
                mine.freed.remove(change);
            } catch (MalformedException e) {
                throw new IllegalArgumentException("not a transaction: " + e.getMessage(), e);
            } catch (WalletException e) {
                throw new NodeUnavailableException(e.getMessage(), e);
            } catch (NodeProblem e) {
                throw e.toUnavailable();
            }
        }
    }

    private void lock(String account, SignedTransaction transaction, boolean free) throws NodeUnavailableException {
        Reserved mine = reservedOf(account);
        synchronized (mine) {
            try {
                walletOf(account);
                List<OutPoint> coins = TxView.of(transaction.raw()).spent();
                if (free) {
                    mine.coins.removeAll(coins);
                    mine.freed.addAll(coins);
                } else {
                    mine.freed.removeAll(coins);
                }
                monitor.require();
                List<RpcAnswer> answers = batch(account, lockCalls(free, coins));
                mine.freed.removeAll(coins);
                for (int i = 0; i < coins.size(); i++) {
                    // An error: spent, not ours, or already in the requested state.
                    if (!free && answers.get(i).error() == null) {
                        mine.coins.add(coins.get(i));
                    }
                }
            } catch (MalformedException e) {
                throw new IllegalArgumentException("not a transaction: " + e.getMessage(), e);
            } catch (WalletException e) {
                throw new NodeUnavailableException(e.getMessage(), e);
            } catch (NodeProblem e) {
                throw e.toUnavailable();
            }
        }
    }

    @Override
    public String freshAddress(String account) throws NodeUnavailableException, WalletException {
        String wallet = walletOf(account);
        try {
            monitor.require();
            List<RpcAnswer> answers = batch(account, List.of(RpcCall.of("getnewaddress", "", "bech32")));
            String address = value(wallet, "getnewaddress", answers.get(0)).asText("");
            if (!ADDRESS.matcher(address).matches()) {
                throw client.garbage("getnewaddress", null);
            }
            return address;
        } catch (NodeProblem e) {
            throw e.toUnavailable();
        }
    }

    @Override
    public AccountStatus status(String account) throws NodeUnavailableException, WalletException {
        String wallet = walletOf(account);
        try {
            monitor.require();
            List<RpcAnswer> answers = batch(
                    account,
                    List.of(
                            RpcCall.of("listunspent", 0, MAX_CONFIRMATIONS, List.of(), true),
                            RpcCall.of("listlockunspent")));
            long confirmed = 0;
            long unconfirmed = 0;
            List<AccountStatus.Coin> coins = new ArrayList<>();
            for (JsonNode coin : value(wallet, "listunspent", answers.get(0))) {
                long amount = client.satoshi("listunspent", coin.path("amount"));
                int confirmations = Math.max(0, coin.path("confirmations").asInt(0));
                if (confirmations > 0) {
                    confirmed += amount;
                } else {
                    unconfirmed += amount;
                }
                if (confirmed + unconfirmed > RpcClient.ALL_SATOSHI) {
                    throw client.garbage("listunspent", null);
                }
                if (coin.path("spendable").asBoolean(true) && coin.path("safe").asBoolean(true)) {
                    coins.add(
                            new AccountStatus.Coin(outpoint("listunspent", coin).toString(), amount, confirmations));
                }
            }
            long locked = locked(outpoints(value(wallet, "listlockunspent", answers.get(1))));
            return new AccountStatus(account, confirmed, unconfirmed, locked, coins);
        } catch (NodeProblem e) {
            throw e.toUnavailable();
        }
    }

    private long locked(Set<OutPoint> coins) throws NodeProblem {
        List<RpcCall> calls = coins.stream()
                .map(coin -> RpcCall.of("gettxout", coin.id().toString(), coin.index(), true))
                .toList();
        long sum = 0;
        for (RpcAnswer answer : client.batches(RpcClient.NODE, calls, settings.batchSize())) {
            // Null: spent meanwhile.
            if (answer.error() == null && answer.result().has("value")) {
                sum += client.satoshi("gettxout", answer.result().path("value"));
            }
        }
        return sum;
    }

    private String walletOf(String account) throws WalletException {
        if (account.equals(DEFAULT_ACCOUNT)) {
            return settings.wallet();
        }
        if (!ACCOUNT.matcher(account).matches()) {
            throw new WalletException("account '" + RpcException.oneLine(account)
                    + "' is invalid: use letters, digits and hyphens, at most 64");
        }
        return settings.wallet() + "-" + account;
    }

    private Reserved reservedOf(String account) {
        return reserved.computeIfAbsent(account, key -> new Reserved());
    }

    /** @throws WalletException if the node has no wallet of this name, or cannot open it */
    void require() throws NodeProblem, WalletException {
        RpcCall call = RpcCall.of("getwalletinfo");
        value(
                walletOf(DEFAULT_ACCOUNT),
                call.method(),
                batch(DEFAULT_ACCOUNT, List.of(call)).get(0));
    }

    /** Calls of an account's wallet; opens the wallet if it is not loaded, and creates it for a new account. */
    private List<RpcAnswer> batch(String account, List<RpcCall> calls) throws NodeProblem, WalletException {
        String wallet = walletOf(account);
        List<RpcAnswer> answers = client.batch(RpcClient.wallet(wallet), calls);
        boolean closed =
                answers.stream().anyMatch(a -> a.error() != null && a.error().code() == RpcException.WALLET_NOT_FOUND);
        if (!closed) {
            return answers;
        }
        open(account, wallet);
        return client.batch(RpcClient.wallet(wallet), calls);
    }

    private void open(String account, String wallet) throws NodeProblem, WalletException {
        try {
            client.call("loadwallet", wallet);
        } catch (RpcException e) {
            if (e.code() == RpcException.ALREADY_LOADED || e.getMessage().contains("already loaded")) {
                return;
            }
            if (e.code() != RpcException.WALLET_NOT_FOUND) {
                throw refused(wallet, "loadwallet", e);
            }
            if (account.equals(DEFAULT_ACCOUNT)) {
                throw new WalletException(
                        "node " + settings.name() + " has no wallet " + wallet
                                + "; create it with: bitcoin-cli createwallet " + wallet
                                + ", or set wallet to an existing one",
                        e);
            }
            create(wallet);
        }
    }

    private void create(String wallet) throws NodeProblem, WalletException {
        try {
            // Private keys, not blank, no passphrase, no avoid_reuse, descriptors, loaded when the node starts.
            client.call("createwallet", wallet, false, false, "", false, true, true);
        } catch (RpcException e) {
            throw refused(wallet, "createwallet", e);
        }
    }

    private JsonNode value(String wallet, String method, RpcAnswer answer) throws WalletException {
        if (answer.error() != null) {
            throw refused(wallet, method, answer.error());
        }
        return answer.result();
    }

    private WalletException refused(String wallet, String method, RpcException error) {
        String which = "wallet " + wallet + " of node " + settings.name();
        return switch (error.code()) {
            case RpcException.WALLET_LOCKED ->
                new WalletException(
                        which + " is locked; unlock it with: bitcoin-cli -rpcwallet=" + wallet
                                + " walletpassphrase PASSPHRASE SECONDS",
                        error);
            case RpcException.WALLET_NOT_FOUND ->
                new WalletException(which + " is not loaded; load it with: bitcoin-cli loadwallet " + wallet, error);
            case RpcException.METHOD_NOT_FOUND ->
                new WalletException(
                        "node " + settings.name() + " has no wallets; start it without disablewallet", error);
            default -> new WalletException(which + " refuses " + method + ": " + error.getMessage(), error);
        };
    }

    private static boolean lacksFunds(RpcException error) {
        String words = error.getMessage().toLowerCase(Locale.ROOT);
        return error.code() == RpcException.INSUFFICIENT_FUNDS
                || error.code() == RpcException.WALLET
                        && (words.contains("insufficient funds")
                                || words.contains("exceeds your balance")
                                || words.contains("unconfirmed utxos are available"));
    }

    private InsufficientFundsException insufficient(String account, String wallet, long needed, RpcException error) {
        String has;
        try {
            has = lacks(status(account), needed);
        } catch (NodeUnavailableException | WalletException e) {
            has = "needs at least " + needed + " sat";
        }
        return new InsufficientFundsException("wallet " + wallet + " of node " + settings.name() + " " + has
                + "; send coins to an address of wallet-address, or wait for a block (" + error.getMessage() + ")");
    }

    /** Bitcoin Core extends a chain of unconfirmed transactions only up to a limit of its mempool. */
    private static String lacks(AccountStatus status, long needed) {
        long sum = status.coins().stream().mapToLong(AccountStatus.Coin::amount).sum();
        return status.confirmed() < needed && sum >= needed
                ? "has " + sum
                        + " sat, but only in unconfirmed coins, whose chains of transactions are as long as its node allows"
                : "has " + sum + " sat to spend (" + status.reserved() + " sat reserved) but needs at least " + needed
                        + " sat";
    }

    private static List<RpcCall> lockCalls(boolean unlock, List<OutPoint> coins) {
        // One call for each coin: the node rejects a whole list if one coin is spent.
        return coins.stream()
                .map(coin -> RpcCall.of(
                        "lockunspent", unlock, List.of(Map.of("txid", coin.id().toString(), "vout", coin.index()))))
                .toList();
    }

    private Set<OutPoint> outpoints(JsonNode list) throws NodeProblem {
        Set<OutPoint> coins = new LinkedHashSet<>();
        for (JsonNode one : list) {
            coins.add(outpoint("listlockunspent", one));
        }
        return coins;
    }

    private OutPoint outpoint(String method, JsonNode coin) throws NodeProblem {
        long index = coin.path("vout").asLong(-1);
        if (index < 0 || index > LAST_INDEX) {
            throw client.garbage(method, null);
        }
        try {
            return new OutPoint(TxId.of(coin.path("txid").asText("")), index);
        } catch (IllegalArgumentException e) {
            throw client.garbage(method, e);
        }
    }

    private TxView transaction(String method, JsonNode hex) throws NodeProblem {
        try {
            return TxView.of(HexFormat.of().parseHex(hex.asText("")));
        } catch (MalformedException | IllegalArgumentException e) {
            throw client.garbage(method, e);
        }
    }
}
