package org.partyline.itests.privacy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;

/** Records the transactions that are handed to a node or signed by a wallet. */
final class Ears {
    private Ears() {}

    /** @param heard receives each transaction that the node accepted, each time */
    static Transport on(Transport node, Consumer<byte[]> heard) {
        return wrap(Transport.class, node, (method, arguments) -> {
            Object result = call(node, method, arguments);
            if (method.getName().equals("broadcast")) {
                heard.accept((byte[]) arguments[0]);
            }
            return result;
        });
    }

    /**
     * @param prefix of its accounts, so that two servers may share a node's wallet
     * @param signed receives the account and the transaction
     */
    static Wallet on(Wallet wallet, String prefix, BiConsumer<String, SignedTransaction> signed) {
        return wrap(Wallet.class, wallet, (method, arguments) -> {
            if (arguments != null && arguments.length > 0 && arguments[0] instanceof String account) {
                arguments[0] = prefix + account;
            }
            Object result = call(wallet, method, arguments);
            if (result instanceof SignedTransaction transaction) {
                signed.accept((String) arguments[0], transaction);
            }
            return result;
        });
    }

    private interface Call {
        Object to(Method method, Object[] arguments) throws Throwable;
    }

    private static Object call(Object inner, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(inner, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T wrap(Class<T> type, T inner, Call call) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> method.getName().equals("equals")
                        ? self == arguments[0]
                        : method.getDeclaringClass() == Object.class
                                ? method.invoke(inner, arguments)
                                : call.to(method, arguments)));
    }
}
