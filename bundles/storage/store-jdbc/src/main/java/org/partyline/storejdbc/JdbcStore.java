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
 * <p>A random store key seals every value; the passphrase wraps the store key ({@link KeyWrap}). In a database that is not this
 * server's own file, sealing needs this home's share, too ({@link KeyShare}). Tables, keys and groups
 * are keyed hashes in the database, expiry is sealed with the value. In clear stand: order numbers, notes, the public key
 * that {@link #collect} seals to, and the hashes of what it collected ({@link Collector}).
 *
 * <p>While the store is locked nobody calls {@code deleteExpired}, so every {@value #SWEEP_SECONDS} s it deletes by itself
 * the rows whose time has come: it keeps their ids and instants in memory. After a restart it knows them again once it was
 * unlocked.
 *
 * <p>What is deleted or replaced, used keys above all, is in the files until they are rewritten, under another key where the file is
 * this server's ({@link EmbeddedDatabase}): that is done by itself, at
 * the latest a set time after the first such change, and when the store is closed. Nobody knows what a life before this one
 * has left in them, so a store that was just opened counts as not rewritten, locked or not.
 */
final class JdbcStore implements Store, AutoCloseable {
    /** How often expired rows are deleted while locked, in seconds. */
    static final long SWEEP_SECONDS = 30;

    private static final Logger LOG = LoggerFactory.getLogger(JdbcStore.class);
    private static final int MAX_NOTE_KEY = 255;
    private static final int MAX_NOTE = 65_536;
    private static final int PORTION = 1000;

    private final ReentrantLock gate = new ReentrantLock(true);
    private final Database database;
    private final Function<KdfId, Optional<KeyDerivation>> derivations;
    private final KdfParameters parameters;
    private final SecureRandom random;
    private final Clock clock;
    private final Collector collector;
    private final ScheduledExecutorService later;
    private final ScheduledFuture<?> sweeping;

    /** How long what was deleted or replaced may stay in the files. */
    private Duration eraseAfter;

    /** When the files began to hold what is no longer in the store; null when they hold none. */
    private @Nullable Instant stale;

    /** Of the rows up to {@link #scheduled}; the others are read in the background once the store was opened. */
    private final ExpirySchedule schedule = new ExpirySchedule();

    private long scheduled;
    private boolean scheduleWhole;
    private boolean scheduleReadWithin;
    private boolean scheduleDoubtful;
    private int damaged;
    private @Nullable StoreKeys keys;
    private boolean working;
    /** What others still write to a store that was destroyed makes no file anew; until another is made. */
    private boolean destroyed;
    /** Whether a duress passphrase began it, and its file shows it by its length until it is rewritten. */
    private boolean begun;

    private volatile @Nullable State known;
    /** Whether it was done is known here, too: only what erases in an order has to know. */
    @SuppressWarnings("ReturnValueIgnored")
    private volatile Consumer<BooleanSupplier> eraseOrder = BooleanSupplier::getAsBoolean;

    private volatile Optional<NextStore> next = Optional.empty();

    /**
     * @param database closed with the store
     * @param derivations finds the derivation of an id, if it is running
     * @param parameters what wrapping a store key costs from now on
     * @param mostCandidates how many collected candidates of up to 1 KiB are held at the most
     * @param eraseAfter how long what was deleted or replaced may stay in the files
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
        // The files may hold what was deleted before the last stop, or before a crash.
        becomeStale();
        this.later = scheduler;
        this.sweeping = scheduler.scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    }

    /** Locked while the database cannot be asked: then {@link #unlock} says why. */
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
                // It was destroyed, and the server ended before the rest was gone: nothing opens that any more.
                finish(database.destroy());
                wrap = Optional.empty();
            }
            known = wrap.isEmpty() ? State.NEW : State.LOCKED;
        }
        return known;
    }

    @Override
    public void create(char[] passphrase) throws StoreException {
        PassphraseEncoding.checkNew(passphrase);
        enter("create");
        try {
            if (look() != State.NEW) {
                throw new StoreException("there is already a store: open it with partyline:unlock");
            }
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
        // Nothing is known any more until this has ended: should it fail, the next one looks.
        known = null;
        NewStore made = make(wrap, storeKey);
        boolean done = false;
        try {
            database.update(connection -> {
                made.head().insert(connection);
            });
            // Erases the share of a store that was here before.
            database.share().ifPresent(KeyShare.Share::close);
            destroyed = false;
            resetSchedule();
            scheduleWhole = true;
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
     * @param keys the caller's to close
     */
    private record NewStore(Head head, StoreKeys keys) {}

    private NewStore make(KeyWrap wrap, byte[] storeKey) throws StoreException {
        Optional<KeyShare.Share> share = database.nextShare();
        StoreKeys fresh = KeyShare.keys(share, storeKey, random);
        byte[] mark = new byte[Turn.MARK];
        random.nextBytes(mark);
        Map<String, byte[]> rows = new LinkedHashMap<>();
        rows.put(Meta.FORMAT, database.format());
        rows.put(Meta.WRAP, wrap.encode());
        rows.put(Meta.TURN, Turn.FIRST.encode(mark));
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
     * <p>A key is this store's when it opens the private key for what was collected: the tag of AES-GCM tells, which is
     * compared in constant time.
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
            // Also shows that the private key for what was collected is the one to the public key.
            database.read(connection -> {
                collector.privateKey(connection, candidate).close();
                return true;
            });
            if (scheduleDoubtful) {
                resetSchedule();
            }
            // What is known stays known, should the store be locked before all is read again.
            scheduled = 0;
            scheduleWhole = false;
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

    /** Replaces the previous wrap, which is erased from the files. */
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
            // It may have failed when it had taken place.
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
     * Carries out the duress: erases the store with the given order, and then everything else.
     *
     * @param file where the empty store is kept until that is done; empty where a database changes at once
     */
    void onDuress(Consumer<BooleanSupplier> order, Optional<NextStore> file) {
        eraseOrder = order;
        next = file;
    }

    /**
     * The duress passphrase was given: this store is destroyed, and an empty one begins.
     *
     * @return the key of the empty one, the caller's to wipe
     */
    private SecretBytes surrender(KeyWrap wrap, KeyWrap.Beginning beginning) throws StoreException {
        if (keys != null) {
            // Whoever asks has an open store, and sees all of it already.
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
            // The next start goes on with it.
            throw failed.get(0);
        }
        forgetNext();
    }

    private void write(Head head) {
        if (next.isPresent()) {
            try {
                next.get().write(head);
            } catch (IOException e) {
                // For a crash only: a disk that takes no file must not keep the store from being erased.
                LOG.debug("The start of the erasure is not on the disk: {}", Faults.reason(e));
            }
        }
    }

    private void forgetNext() {
        if (next.isPresent()) {
            try {
                next.get().forget();
            } catch (IOException e) {
                // The next start forgets it: nothing is to be erased by then.
                LOG.debug("The started change is not on the disk yet: {}", Faults.reason(e));
            }
        }
    }

    private void beginAnew(Head head) throws StoreException {
        forgetOpened();
        ConnectionSource.Remains remains = database.replace(head);
        begun = true;
        stale = null;
        known = null;
        // A moment later, so that it takes no longer than any unlock.
        try {
            later.execute(() -> finish(remains));
        } catch (RejectedExecutionException e) {
            LOG.debug("The server is stopping: the next start completes it ({})", Faults.reason(e));
        }
    }

    private void forgetOpened() {
        wipe();
        resetSchedule();
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
     * Destroys the store: the wrapped key first, then all of it. There is none afterwards.
     *
     * @throws StoreException when it is not all gone
     */
    void destroy() throws StoreException {
        enter("destroy");
        try {
            destroyed = true;
            if (!finish(destroyed())) {
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
        changeWrap(passphrase, (wrap, derivation) -> wrap.withDuress(duress, derivation, random));
    }

    @Override
    public void removeDuress(char[] passphrase) throws StoreException {
        changeWrap(passphrase, (wrap, derivation) -> wrap.withoutDuress(random));
    }

    /** The outcome of changing a wrapped key. */
    @FunctionalInterface
    private interface Rewrapping {
        KeyWrap apply(KeyWrap wrap, KeyDerivation derivation) throws StoreException;
    }

    private void changeWrap(char[] passphrase, Rewrapping change) throws StoreException {
        enter("changeWrap");
        try {
            // Also brings it to the form with two slots.
            unwrap(passphrase).close();
            KeyWrap wrap = wrap();
            rewrap(change.apply(wrap, derivation(wrap.parameters().id())));
            database.forgetCopies();
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

    private void resetSchedule() {
        schedule.clear();
        scheduled = 0;
        scheduleWhole = false;
        scheduleDoubtful = false;
        damaged = 0;
    }

    /** Nobody waits for the schedule who opens the store: a large one is read in portions, and others get their turn in between. */
    private void readScheduleSoon() {
        if (scheduleWhole) {
            return;
        }
        try {
            later.execute(this::readOn);
        } catch (RejectedExecutionException e) {
            LOG.debug("The server is stopping: nothing expires any more ({})", Faults.reason(e));
        }
    }

    private void readOn() {
        gate.lock();
        try {
            if (keys != null && !scheduleWhole) {
                readPortion();
                readScheduleSoon();
            }
        } catch (StoreException | RuntimeException e) {
            // Whoever deletes what has expired reads on.
            LOG.debug("When records expire is not known yet: {}", Faults.reason(e));
        } finally {
            exit();
        }
    }

    private void readPortion() throws StoreException {
        scheduleWhole = database.read(this::readPortion) < PORTION;
        schedule.commit();
        if (scheduleWhole && damaged > 0) {
            LOG.warn("{} records of the store are damaged: restore a backup", damaged);
        }
    }

    /** Part of a transaction that is about to delete what has expired, which is all of it. */
    private void readWholeSchedule(Connection connection) throws SQLException {
        scheduleReadWithin = !scheduleWhole;
        while (!scheduleWhole) {
            scheduleWhole = readPortion(connection) < PORTION;
        }
    }

    private int readPortion(Connection connection) throws SQLException {
        StoreKeys open = Objects.requireNonNull(keys, "the store is open while its schedule is read");
        int found = 0;
        try (PreparedStatement select = connection.prepareStatement(
                "select id, tab, rec, grp, sealed, more from pl_record where id > ? order by id")) {
            select.setMaxRows(PORTION);
            select.setLong(1, scheduled);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found++;
                    scheduled = row.getLong(1);
                    try {
                        RecordBody body = JdbcTransaction.open(open, row);
                        StoreKeys.wipe(body.value());
                        schedule.set(scheduled, body.expires());
                    } catch (DamagedRecordException e) {
                        LOG.debug("Record {} does not open: {}", scheduled, Faults.reason(e));
                        damaged++;
                    }
                }
            }
        }
        return found;
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
     * <p>Rewrites the files afterwards, since the key under the old passphrase would still be in them.
     */
    @Override
    public void changePassphrase(char[] oldPassphrase, char[] newPassphrase) throws StoreException {
        PassphraseEncoding.checkNew(newPassphrase);
        enter("changePassphrase");
        try (SecretBytes storeKey = unwrap(oldPassphrase)) {
            KeyWrap wrap = wrap();
            rewrap(wrap.withPassphrase(
                    storeKey.expose(),
                    newPassphrase,
                    derivation(wrap.parameters().id()),
                    random));
            database.forgetCopies();
        } finally {
            exit();
        }
    }

    @Override
    public <T, X extends Exception> T transact(Work<T, X> work) throws StoreException, X {
        Objects.requireNonNull(work, "work");
        enter("transact");
        try {
            if (keys == null) {
                throw StoreLockedException.of(look());
            }
            if (scheduleDoubtful) {
                resetSchedule();
                readScheduleSoon();
            }
            JdbcTransaction transaction =
                    new JdbcTransaction(database, keys, schedule, this::readWholeSchedule, collector);
            byte[] mark = new byte[Turn.MARK];
            random.nextBytes(mark);
            T result;
            working = true;
            scheduleReadWithin = false;
            try {
                result = work.run(transaction);
                transaction.finish(mark);
            } catch (Throwable e) {
                transaction.end();
                schedule.rollback();
                if (scheduleReadWithin) {
                    resetSchedule();
                    readScheduleSoon();
                }
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
                schedule.rollback();
                // The commit may yet turn out to have taken place.
                scheduleDoubtful = true;
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
            if (destroyed) {
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

    /** What a migration left in the database as it was before; copies that are files are not among it. */
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

    /** How long what was deleted or replaced may stay in the files from now on. */
    void eraseAfter(Duration longest) {
        gate.lock();
        try {
            eraseAfter = longest;
        } finally {
            gate.unlock();
        }
    }

    /** Deletes what has expired while nobody can open the store, and takes out of the files what was deleted. */
    private void sweep() {
        deleteExpired();
        erase();
    }

    /** A deleted text, and a key that was used, are gone only when they are not in the files any more. */
    private void erase() {
        gate.lock();
        try {
            Instant now = clock.instant();
            // What became stale after now did so by a clock that was set back since: when that was, nobody knows.
            boolean known = stale != null && !now.isBefore(stale);
            if (stale == null || known && now.isBefore(stale.plus(eraseAfter))) {
                return;
            }
            // Also after a failure: the next try is as much later.
            stale = now;
            database.compact();
            stale = null;
        } catch (StoreException | RuntimeException | Error e) {
            // Whatever it is must not end the sweeping.
            LOG.warn("Deleted data is still in the store's files; it is tried again ({})", Faults.reason(e));
        } finally {
            exit();
        }
    }

    /** Nobody may start this store again: what was deleted must not wait for that. */
    private void eraseAtLast() {
        try {
            if (stale != null && look() != State.NEW) {
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
            if (keys != null || scheduleDoubtful) {
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
            // Whatever it is must not end the sweeping: the next one tries again.
            LOG.warn("Expired records could not be deleted yet: {}", Faults.reason(e));
        } finally {
            exit();
        }
    }

    /** Enters the gate; refuses within a piece of work, which would otherwise commit half of itself. */
    private void enter(String what) {
        gate.lock();
        if (working) {
            gate.unlock();
            throw new IllegalStateException("store: " + what + " within a transaction; end it first");
        }
    }

    /** Leaves the gate; a server that is no longer the leader forgets its keys there. */
    private void exit() {
        if (database.isLost()) {
            wipe();
        }
        gate.unlock();
    }

    private static StoreException noStore() {
        return new StoreException("there is no store: create one with partyline:setup");
    }

    /** Locks the store, takes what was deleted out of the files, and closes the connection for good. */
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
