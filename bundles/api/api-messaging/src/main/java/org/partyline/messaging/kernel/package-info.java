/** What every part of the kernel builds on: the unlocked state and its lock, the parts that other bundles provide, events, and work after a commit. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.messaging.kernel;
