package org.partyline.storejdbc;

import java.io.IOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.api.store.WrongPassphraseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Implements the store over JDBC.
 *
 * <p>A random store key seals every value; the passphrase wraps the store key ({@link KeyWrap}). In a database that is
 * not this server's own file, sealing also needs this home's share ({@link KeyShare}). Tables, keys and groups are
 * keyed hashes in the database, and the expiry is sealed with the value. In clear are only: order numbers, notes, the
 * public key that {@link #collect} seals to, and the hashes of what it collected ({@link Collector}).
 *
 * <p>While the store is locked nobody calls {@code deleteExpired}, so every {@value #SWEEP_SECONDS} s it deletes the
 * expired rows itself: it keeps their ids and expiry times in memory. After a restart it knows them again once it was
 * unlocked.
 *
 * <p>Deleted or replaced data, above all used keys, stays in the files until they are rewritten, with another key if
 * the file is this server's ({@link EmbeddedDatabase}). This happens automatically within a configured time after the
 * first such change, and when the store is closed. What earlier runs have left in the files is unknown, so a store that
 * was just opened counts as not rewritten, locked or not.
 */
final class JdbcStore implements Store, AutoCloseable {
    /** How often expired rows are deleted while locked, in seconds. */
    static final long SWEEP_SECONDS = 30;

    private static final Logger LOG = LoggerFactory.getLogger(JdbcStore.class);
    private static final int MAX_NOTE_KEY = 255;
    private static final int MAX_NOTE = 65_536;

    private final ReentrantLock gate = new ReentrantLock(true);
    private final Database database;
    private final Function<KdfId, Optional<KeyDerivation>> derivations;
    private final KdfParameters parameters;
    private final SecureRandom random;
    private final Clock clock;
    private final Collector collector;
    private final ScheduledExecutorService later;
    private final ScheduledFuture<?> sweeping;

    /** How long deleted or replaced data may stay in the files. */
    private Duration eraseAfter;

    /** Since when the files contain deleted data; null if they do not. */
    private @Nullable Instant stale;

    /** Is read in the background after the store was opened. */
    private final StoredSchedule schedule = new StoredSchedule();

    private @Nullable StoreKeys keys;
    private boolean working;
    /** Late writes to a destroyed store must not create its file again, until another store is created. */
    private boolean destroyed;
    /** A rewrite would write a new key: there is none after the present one was overwritten. */
    private volatile boolean doomed;
    /** Whether a duress passphrase created it, and the length of its file shows that until it is rewritten. */
    private boolean begun;
    /** Whether the next reading of when rows expire is waiting for its turn. */
    private boolean reading;

    private volatile @Nullable State known;
    /** Runs the ordered erasure; it is passed the store's own part, whose result matters only to it. */
    @SuppressWarnings("ReturnValueIgnored")
    private volatile Consumer<BooleanSupplier> eraseOrder = BooleanSupplier::getAsBoolean;

    private volatile Optional<NextStore> next = Optional.empty();

    /**
     * @param database is closed with the store
     * @param derivations finds the key derivation with an id, if it is running
     * @param parameters the cost of wrapping a store key from now on
     * @param mostCandidates the maximum number of collected candidates of up to 1 KiB
     * @param eraseAfter how long deleted or replaced data may stay in the files
     */
    JdbcStore(
            Database database,
            Function<KdfId, Optional<KeyDerivation>> derivations,
            KdfParameters parameters,
            SecureRandom random,
            Clock clock,
            ScheduledExecutorService scheduler,
            int mostCandidates,
            Duration eraseAfter) {
        this.database = database;
        this.derivations = derivations;
        this.parameters = parameters;
        this.random = random;
        this.clock = clock;
        this.collector = new Collector(random, mostCandidates);
        this.eraseAfter = eraseAfter;
        // The files may contain data that was deleted before the last stop or crash.
        becomeStale();
        this.later = scheduler;
        this.sweeping = scheduler.scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    }

    /** Locked while the database does not answer: {@link #unlock} then says why. */
    @Override
    public State state() {
        State state = known;
        if (state != null) {
            return state;
        }
        gate.lock();
        try {
            return look();
        } catch (StoreException e) {
            LOG.warn("The store cannot be read: {}", Faults.reason(e));
            return State.LOCKED;
        } finally {
            exit();
        }
    }

    private State look() throws StoreException {
        if (known == null) {
            Optional<byte[]> wrap = database.meta(Meta.WRAP);
            if (wrap.isPresent() && Arrays.equals(wrap.get(), new byte[wrap.get().length])) {
                // It was destroyed, and the server stopped before the rest was erased: nothing can decrypt that any
                // more.
                finish(database.destroy());
                wrap = Optional.empty();
            }
            if (wrap.isPresent()) {
                forgetFormerShare();
            }
            known = wrap.isEmpty() ? State.NEW : State.LOCKED;
        }
        return known;
    }

    /** Erases the share of a store that existed before: perhaps nobody opens this one. */
    private void forgetFormerShare() {
        try {
            database.share().ifPresent(KeyShare.Share::close);
        } catch (StoreException e) {
            LOG.debug("The share of the store's keys is not usable: {}", Faults.reason(e));
        }
    }

    @Override
    public void create(char[] passphrase) throws StoreException {
        PassphraseEncoding.checkNew(passphrase);
        enter("create");
        try {
            if (look() != State.NEW) {
                throw new StoreException("there is already a store: open it with partyline:unlock");
            }
            database.checkNew();
            byte[] storeKey = new byte[KeyWrap.STORE_KEY];
            random.nextBytes(storeKey);
            try {
                KeyWrap wrap = KeyWrap.wrap(storeKey, passphrase, derivation(parameters.id()), parameters, random);
                create(wrap, storeKey);
            } finally {
                StoreKeys.wipe(storeKey);
            }
        } finally {
            exit();
        }
    }

    private void create(KeyWrap wrap, byte[] storeKey) throws StoreException {
        // Unknown until this has succeeded: if it fails, the next caller checks.
        known = null;
        NewStore made = make(wrap, storeKey);
        boolean done = false;
        try {
            database.update(connection -> {
                made.head().insert(connection);
            });
            // Erases the share of a store that existed before.
            database.share().ifPresent(KeyShare.Share::close);
            destroyed = false;
            schedule.beginEmpty();
            opened(made.keys());
            done = true;
        } finally {
            if (!done) {
                made.keys().close();
            }
        }
    }

    /**
     * The parts of a new store.
     *
     * @param keys the caller closes them
     */
    private record NewStore(Head head, StoreKeys keys) {}

    private NewStore make(KeyWrap wrap, byte[] storeKey) throws StoreException {
        Optional<KeyShare.Share> share = database.nextShare();
        StoreKeys fresh = KeyShare.keys(share, storeKey, random);
        Map<String, byte[]> rows = new LinkedHashMap<>();
        rows.put(Meta.FORMAT, database.format());
        rows.put(Meta.WRAP, wrap.encode());
        rows.put(Meta.TURN, Turn.FIRST.encode(new byte[Turn.MARK]));
        share.ifPresent(own -> rows.put(Meta.SHARE, own.row()));
        rows.putAll(collector.create(fresh));
        return new NewStore(new Head(rows), fresh);
    }

    @Override
    public void unlock(char[] passphrase) throws StoreException {
        enter("unlock");
        try (SecretBytes storeKey = unwrap(passphrase)) {
            if (keys == null) {
                open(storeKey);
            }
        } finally {
            exit();
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>A key is this store's if it decrypts the private key for collected candidates: the tag of AES-GCM, compared in
     * constant time, shows that.
     */
    @Override
    public void unlock(SecretBytes storeKey) throws StoreException {
        Objects.requireNonNull(storeKey, "storeKey");
        enter("unlock");
        try {
            if (look() == State.NEW) {
                throw noStore();
            }
            if (storeKey.length() != KeyWrap.STORE_KEY || !fits(storeKey)) {
                throw new WrongPassphraseException();
            }
            if (keys == null) {
                open(storeKey);
            }
        } finally {
            exit();
        }
    }

    private boolean fits(SecretBytes storeKey) throws StoreException {
        try (StoreKeys candidate = keysOf(storeKey)) {
            return database.read(connection -> collector.fits(connection, candidate));
        }
    }

    private StoreKeys keysOf(SecretBytes storeKey) throws StoreException {
        return KeyShare.keys(database.share(), storeKey.expose(), random);
    }

    private void open(SecretBytes storeKey) throws StoreException {
        StoreKeys candidate = keysOf(storeKey);
        boolean done = false;
        try {
            // Also verifies that the private key for collected candidates matches the public key.
            database.read(connection -> {
                collector.privateKey(connection, candidate).close();
                return true;
            });
            schedule.beginReading();
            opened(candidate);
            readScheduleSoon();
            done = true;
        } finally {
            if (!done) {
                candidate.close();
            }
        }
    }

    @Override
    public SecretBytes storeKey(char[] passphrase) throws StoreException {
        enter("storeKey");
        try {
            return unwrap(passphrase);
        } finally {
            exit();
        }
    }

    private void opened(StoreKeys opened) {
        keys = opened;
        known = State.OPEN;
    }

    private SecretBytes unwrap(char[] passphrase) throws StoreException {
        if (destroyed) {
            throw noStore();
        }
        KeyWrap wrap = wrap();
        try (KeyWrap.Opened opened =
                wrap.open(passphrase, derivation(wrap.parameters().id()))) {
            if (opened.next().isPresent()) {
                return surrender(wrap, opened.next().get());
            }
            return opened.storeKey().orElseThrow().copy();
        }
    }

    private KeyWrap wrap() throws StoreException {
        return KeyWrap.decode(database.meta(Meta.WRAP).orElseThrow(JdbcStore::noStore));
    }

    /** Replaces the previous wrapped key, which is erased from the files. */
    private void rewrap(KeyWrap wrap) throws StoreException {
        byte[] encoded = wrap.encode();
        Map<String, byte[]> rows = Map.of(Meta.WRAP, encoded, Meta.FORMAT, database.format());
        try {
            if (!database.rewrites(rows)) {
                database.update(connection -> {
                    for (Map.Entry<String, byte[]> row : rows.entrySet()) {
                        Meta.update(connection, row.getKey(), row.getValue());
                    }
                });
                becomeStale();
                compactAfterRewrap();
                return;
            }
        } catch (StoreException e) {
            // It may have failed after it had taken effect.
            if (database.meta(Meta.WRAP)
                    .filter(now -> Arrays.equals(encoded, now))
                    .isEmpty()) {
                throw e;
            }
            LOG.debug("The store has its new wrapped key, although this failed: {}", Faults.reason(e));
        }
        stale = null;
    }

    private void compactAfterRewrap() {
        try {
            database.compact();
            stale = null;
        } catch (StoreException e) {
            LOG.warn(
                    "The store's key has a new wrapping, but the old one may still be in the database; compact the store ({})",
                    Faults.reason(e));
        }
    }

    /**
     * Sets how a duress unlock is carried out: the given order erases the store, and then everything else.
     *
     * @param file stores the empty store until that is done; empty if the database changes everything at once
     */
    void onDuress(Consumer<BooleanSupplier> order, Optional<NextStore> file) {
        eraseOrder = order;
        next = file;
    }

    /**
     * Called for the duress passphrase: destroys this store, and begins an empty one.
     *
     * @return the key of the empty one; the caller wipes it
     */
    private SecretBytes surrender(KeyWrap wrap, KeyWrap.Beginning beginning) throws StoreException {
        if (keys != null) {
            // The caller has an open store, and sees all of it already.
            throw new WrongPassphraseException();
        }
        byte[] storeKey = new byte[KeyWrap.STORE_KEY];
        random.nextBytes(storeKey);
        boolean done = false;
        try {
            NewStore made = make(wrap.begin(beginning, storeKey, random), storeKey);
            made.keys().close();
            surrender(made.head());
            done = true;
        } finally {
            if (!done) {
                StoreKeys.wipe(storeKey);
            }
        }
        return SecretBytes.wrap(storeKey);
    }

    private void surrender(Head head) throws StoreException {
        write(head);
        List<StoreException> failed = new ArrayList<>(1);
        eraseOrder.accept(() -> {
            try {
                beginAnew(head);
                return true;
            } catch (StoreException e) {
                failed.add(e);
                return false;
            }
        });
        if (!failed.isEmpty()) {
            // The next start continues with it.
            throw failed.get(0);
        }
        forgetNext();
    }

    private void write(Head head) {
        if (next.isPresent()) {
            try {
                next.get().write(head);
            } catch (IOException e) {
                // Only needed after a crash: a disk that cannot store a file must not prevent the erasure.
                LOG.debug("The start of the erasure is not on the disk: {}", Faults.reason(e));
            }
        }
    }

    private void forgetNext() {
        if (next.isPresent()) {
            try {
                next.get().forget();
            } catch (IOException e) {
                // The next start discards it: nothing is left to erase by then.
                LOG.debug("The started change is not on the disk yet: {}", Faults.reason(e));
            }
        }
    }

    private void beginAnew(Head head) throws StoreException {
        forgetOpened();
        // If this fails, the next caller checks whether it has taken effect.
        known = null;
        ConnectionSource.Remains remains = database.replace(head);
        forgetFormerShare();
        begun = true;
        stale = null;
        // Slightly later, so that the unlock takes no longer than any other.
        try {
            later.execute(() -> finish(remains));
        } catch (RejectedExecutionException e) {
            LOG.debug("The server is stopping: the next start completes it ({})", Faults.reason(e));
        }
    }

    private void forgetOpened() {
        wipe();
        schedule.clear();
        collector.recount();
    }

    private ConnectionSource.Remains destroyed() throws StoreException {
        forgetOpened();
        ConnectionSource.Remains remains = database.destroy();
        stale = null;
        known = State.NEW;
        return remains;
    }

    private static boolean finish(ConnectionSource.Remains remains) {
        try {
            remains.overwrite();
            return true;
        } catch (IOException e) {
            LOG.warn("A file could not be overwritten; it is tried again at the next start ({})", Faults.reason(e));
            return false;
        }
    }

    /**
     * Overwrites the key file at once: a long compaction or a database that does not answer does not delay it. What is
     * open stays open until {@link #destroy}.
     */
    void overwriteKeys() {
        doomed = true;
        database.overwriteKeys();
    }

    /**
     * Destroys the store: the wrapped key first, then all of it. Afterwards there is none.
     *
     * @throws StoreException if some of it is left
     */
    void destroy() throws StoreException {
        enter("destroy");
        try {
            destroyed = true;
            ConnectionSource.Remains remains = destroyed();
            doomed = false;
            if (!finish(remains)) {
                throw new StoreException(
                        "the store's key is erased, but its file is not overwritten: restart the server, or destroy the disk");
            }
        } finally {
            gate.unlock();
        }
    }

    @Override
    public void setDuress(char[] passphrase, char[] duress) throws StoreException {
        PassphraseEncoding.checkNew(duress);
        changeWrap(passphrase, (wrap, storeKey, derivation) -> wrap.withDuress(duress, derivation, random));
    }

    @Override
    public void removeDuress(char[] passphrase) throws StoreException {
        changeWrap(passphrase, (wrap, storeKey, derivation) -> wrap.withoutDuress(random));
    }

    /** The outcome of changing a wrapped key. */
    @FunctionalInterface
    private interface Rewrapping {
        KeyWrap apply(KeyWrap wrap, byte[] storeKey, KeyDerivation derivation) throws StoreException;
    }

    private void changeWrap(char[] passphrase, Rewrapping change) throws StoreException {
        enter("changeWrap");
        // Also converts it to the form with two slots.
        try (SecretBytes storeKey = unwrap(passphrase)) {
            // First: whoever is told of a failure takes the old passphrase for the valid one.
            database.forgetCopies();
            KeyWrap wrap = wrap();
            rewrap(change.apply(
                    wrap, storeKey.expose(), derivation(wrap.parameters().id())));
        } finally {
            exit();
        }
    }

    private KeyDerivation derivation(KdfId id) throws StoreException {
        return derivations
                .apply(id)
                .orElseThrow(() -> new StoreException(
                        "the key derivation " + id + " of the store's passphrase is not running: start its bundle"));
    }

    /**
     * Opening the store does not wait for the schedule: a large one is read in portions, so that other transactions can
     * run in between.
     */
    private void readScheduleSoon() {
        if (schedule.isWhole() || reading) {
            return;
        }
        reading = true;
        try {
            later.execute(this::readOn);
        } catch (RejectedExecutionException e) {
            LOG.debug("The server is stopping: nothing expires any more ({})", Faults.reason(e));
        }
    }

    private void readOn() {
        gate.lock();
        reading = false;
        try {
            StoreKeys open = keys;
            if (open != null && !schedule.isWhole()) {
                database.read(connection -> {
                    schedule.readPortion(connection, open);
                    return true;
                });
                readScheduleSoon();
            }
        } catch (StoreException | RuntimeException e) {
            // The next transaction has it read on.
            LOG.debug("When records expire is not known yet: {}", Faults.reason(e));
        } finally {
            exit();
        }
    }

    @Override
    public void lock() {
        enter("lock");
        try {
            wipe();
        } finally {
            exit();
        }
    }

    private void wipe() {
        if (keys != null) {
            keys.close();
            keys = null;
            known = State.LOCKED;
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>Rewrites the files afterwards, since they would still contain the key under the old passphrase.
     */
    @Override
    public void changePassphrase(char[] oldPassphrase, char[] newPassphrase) throws StoreException {
        PassphraseEncoding.checkNew(newPassphrase);
        changeWrap(
                oldPassphrase,
                (wrap, storeKey, derivation) -> wrap.withPassphrase(storeKey, newPassphrase, derivation, random));
    }

    @Override
    public <T, X extends Exception> T transact(Work<T, X> work) throws StoreException, X {
        Objects.requireNonNull(work, "work");
        enter("transact");
        try {
            if (keys == null) {
                throw StoreLockedException.of(look());
            }
            JdbcTransaction transaction = new JdbcTransaction(database, keys, schedule, collector);
            if (schedule.isDoubtful()) {
                schedule.clear();
            }
            // Now that the database answers: what expires must be known when the store is locked.
            readScheduleSoon();
            byte[] mark = new byte[Turn.MARK];
            random.nextBytes(mark);
            T result;
            working = true;
            schedule.begin();
            try {
                result = work.run(transaction);
                transaction.finish(mark);
            } catch (Throwable e) {
                transaction.end();
                schedule.rollback();
                database.rollback();
                throw e;
            } finally {
                working = false;
            }
            commit(transaction, mark);
            return result;
        } finally {
            exit();
        }
    }

    private void commit(JdbcTransaction transaction, byte[] mark) throws StoreException {
        boolean done = false;
        try {
            database.commit(transaction.wrote() ? mark : null);
            schedule.commit();
            done = true;
        } finally {
            if (!done) {
                schedule.doubt();
            }
            if (transaction.discarded() || !done) {
                collector.recount();
            }
            if (transaction.wrote()) {
                becomeStale();
            }
        }
    }

    @Override
    public void collect(List<Collected> candidates) throws StoreException {
        for (Collected each : candidates) {
            if (each.candidate().length > RecordBody.MAX_VALUE) {
                throw new IllegalArgumentException("store: a candidate has at most " + RecordBody.MAX_VALUE
                        + " bytes, not " + each.candidate().length);
            }
        }
        enter("collect");
        boolean done = false;
        try {
            if (look() == State.NEW) {
                throw noStore();
            }
            database.update(connection -> {
                collector.add(database, connection, candidates);
            });
            done = true;
        } finally {
            if (!done) {
                collector.recount();
            }
            exit();
        }
    }

    @Override
    public Map<Long, Long> dropped() throws StoreException {
        enter("dropped");
        try {
            return look() == State.NEW ? Map.of() : database.read(Collector::dropped);
        } finally {
            exit();
        }
    }

    @Override
    public void forgetDropped(Collection<Long> shares) throws StoreException {
        enter("forgetDropped");
        try {
            if (destroyed) {
                return;
            }
            database.update(connection -> {
                Collector.forgetDropped(connection, shares);
            });
        } finally {
            exit();
        }
    }

    @Override
    public long collected() throws StoreException {
        enter("collected");
        try {
            return look() == State.NEW ? 0 : database.read(Collector::count);
        } finally {
            exit();
        }
    }

    @Override
    public Optional<String> note(String key) throws StoreException {
        limit("note key", key, MAX_NOTE_KEY);
        enter("note");
        try {
            if (destroyed) {
                return Optional.empty();
            }
            return database.read(connection -> {
                try (PreparedStatement select =
                        connection.prepareStatement("select content from pl_note where name = ?")) {
                    select.setString(1, key);
                    try (ResultSet row = select.executeQuery()) {
                        return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
                    }
                }
            });
        } finally {
            exit();
        }
    }

    @Override
    public void note(String key, @Nullable String value) throws StoreException {
        limit("note key", key, MAX_NOTE_KEY);
        if (value != null) {
            limit("note", value, MAX_NOTE);
        }
        enter("note");
        try {
            if (destroyed) {
                return;
            }
            database.update(connection -> {
                if (value == null) {
                    writeNote(connection, "delete from pl_note where name = ?", key);
                } else if (writeNote(connection, "update pl_note set content = ? where name = ?", value, key) == 0) {
                    writeNote(connection, "insert into pl_note (content, name) values (?, ?)", value, key);
                }
            });
        } finally {
            exit();
        }
    }

    private static int writeNote(Connection connection, String sql, String... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }

    private static void limit(String what, String text, int most) {
        if (text.length() > most) {
            throw new IllegalArgumentException(
                    "store: a " + what + " has at most " + most + " characters, not " + text.length());
        }
    }

    @Override
    public void confirmLeader() throws StoreException {
        if (!database.isShared()) {
            return;
        }
        enter("confirmLeader");
        try {
            database.read(connection -> true);
        } finally {
            exit();
        }
    }

    @Override
    public boolean takenOver() {
        return database.takenOver();
    }

    @Override
    public void publish(String mark) {
        database.fence().publish(mark);
    }

    @Override
    public Optional<String> published() {
        return database.fence().published();
    }

    @Override
    public boolean acceptPutBack() {
        gate.lock();
        try {
            return database.acceptPutBack();
        } finally {
            exit();
        }
    }

    @Override
    public void compact() throws StoreException {
        enter("compact");
        try {
            if (destroyed || doomed) {
                return;
            }
            database.compact();
            if (begun) {
                database.reopen();
                begun = false;
            }
            stale = null;
        } finally {
            exit();
        }
    }

    /** The unchanged copies that a migration left in the database, without those that are files. */
    List<String> copies() throws StoreException {
        enter("copies");
        try {
            return destroyed ? List.of() : database.copies();
        } finally {
            exit();
        }
    }

    private void becomeStale() {
        if (stale == null) {
            stale = clock.instant();
        }
    }

    /** Sets how long deleted or replaced data may stay in the files. */
    void eraseAfter(Duration longest) {
        gate.lock();
        try {
            eraseAfter = longest;
        } finally {
            gate.unlock();
        }
    }

    /** Deletes expired records while the store may be locked, and erases deleted data from the files. */
    private void sweep() {
        deleteExpired();
        erase();
    }

    /** Deleted texts and used keys are gone only once the files no longer contain them. */
    private void erase() {
        gate.lock();
        try {
            Instant now = clock.instant();
            // A start time in the future means that the clock was set back since: the real time is unknown.
            boolean known = stale != null && !now.isBefore(stale);
            if (stale == null || doomed || known && now.isBefore(stale.plus(eraseAfter))) {
                return;
            }
            // Also after a failure: the next attempt is after the same time.
            stale = now;
            database.compact();
            stale = null;
        } catch (StoreException | RuntimeException | Error e) {
            // No failure may end the sweeps.
            LOG.warn("Deleted data is still in the store's files; it is tried again ({})", Faults.reason(e));
        } finally {
            exit();
        }
    }

    /** Perhaps nobody starts this store again: the erasure of deleted data must not wait for that. */
    private void eraseAtLast() {
        try {
            if (stale != null && !doomed && look() != State.NEW) {
                database.compact();
                stale = null;
            }
        } catch (StoreException | RuntimeException e) {
            LOG.warn(
                    "Deleted data stays in the store's files until some time after the next start: {}",
                    Faults.reason(e));
        }
    }

    private void deleteExpired() {
        gate.lock();
        try {
            if (keys != null || schedule.isDoubtful()) {
                return;
            }
            List<Long> due = schedule.due(Instant.now(clock));
            if (due.isEmpty()) {
                return;
            }
            database.update(connection -> {
                for (long row : due) {
                    JdbcTransaction.deleteRow(connection, row);
                }
            });
            due.forEach(schedule::remove);
            schedule.commit();
            becomeStale();
        } catch (StoreException | RuntimeException | Error e) {
            // No failure may end the sweeps: the next one tries again.
            LOG.warn("Expired records could not be deleted yet: {}", Faults.reason(e));
        } finally {
            exit();
        }
    }

    /** Enters the gate; refuses from within a transaction, which would otherwise commit half of its changes. */
    private void enter(String what) {
        gate.lock();
        if (working) {
            gate.unlock();
            throw new IllegalStateException("store: " + what + " within a transaction; end it first");
        }
    }

    /** Leaves the gate; a server that is no longer the leader erases its keys here. */
    private void exit() {
        if (database.isLost()) {
            wipe();
        }
        gate.unlock();
    }

    private static StoreException noStore() {
        return new StoreException("there is no store: create one with partyline:setup");
    }

    /** Locks the store, erases deleted data from the files, and closes the connection permanently. */
    @Override
    public void close() {
        sweeping.cancel(false);
        gate.lock();
        try {
            wipe();
            schedule.clear();
            eraseAtLast();
            database.close();
        } finally {
            exit();
        }
    }
}
