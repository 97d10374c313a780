package org.partyline.storejdbc;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.partyline.api.store.StoreException;

/** Connections that call a test before and after each commit and each change. */
final class FaultySource implements ConnectionSource {
    /** Called for each operation. */
    @FunctionalInterface
    interface Hook {
        /**
         * @param what open, commit, rollback, executeUpdate or execute
         * @param done false before the operation, true after it
         */
        void call(String what, boolean done) throws SQLException;
    }

    /** May carry out a commit itself, later. */
    @FunctionalInterface
    interface LateCommit {
        /** @return whether to report a broken connection to the caller now */
        boolean take(Connection connection);
    }

    private final ConnectionSource below;
    Hook hook = (what, done) -> {};
    private Object late;
    LateCommit lateCommit = connection -> false;

    FaultySource(ConnectionSource below) {
        this.below = below;
    }

    @Override
    public Connection open() throws SQLException, StoreException {
        hook.call("open", false);
        return wrap(Connection.class, below.open());
    }

    @Override
    public Duration patience() {
        return below.patience();
    }

    @Override
    public boolean rewrite(Connection connection, Map<String, byte[]> meta) throws SQLException, StoreException {
        return below.rewrite(connection, meta);
    }

    @Override
    public void overwriteKeys() throws IOException {
        below.overwriteKeys();
    }

    @Override
    public Optional<Remains> destroy() throws IOException {
        return below.destroy();
    }

    @Override
    public Optional<KeyShare> share() {
        return below.share();
    }

    private <T> T wrap(Class<T> face, T target) {
        return face.cast(Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {face}, (proxy, method, arguments) -> {
                    String name = method.getName();
                    boolean told = name.equals("commit") || name.equals("rollback") || name.startsWith("execute");
                    try {
                        if (told) {
                            hook.call(name, false);
                        }
                        if (name.equals("close") && target == late) {
                            return null;
                        }
                        if (name.equals("commit") && lateCommit.take((Connection) target)) {
                            late = target;
                            throw new SQLException("the connection broke", "08006");
                        }
                        Object result = method.invoke(target, arguments);
                        if (told) {
                            hook.call(name, true);
                        }
                        if (result instanceof PreparedStatement statement) {
                            return wrap(PreparedStatement.class, statement);
                        }
                        return result instanceof Statement statement ? wrap(Statement.class, statement) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
