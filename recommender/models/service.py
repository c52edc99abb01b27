"""Which text model is in use: the active one, whatever is configured, until a change is ready."""

import threading

from core.database import Connection
from core.errors import ConfigurationError
from core.settings import settings
from recommender.embedding import TextEmbedder, calibration, embedder, load_embedder, model_id
from recommender.encoding import encoder_name, versioned
from recommender.models import repository
from recommender.models.repository import Encoder

_lock = threading.Lock()
_former: dict[str, TextEmbedder] = {}
"""The active model while another one is configured: one at most, and let go after the change."""


def configured_name() -> str:
    """Return the name of the configured encoder, without loading its model."""
    return versioned(model_id(settings().embedding_model))


def configured_encoder() -> Encoder:
    """Return the configured encoder; its model is loaded for that.

    Raises:
        ConfigurationError: the model cannot be loaded.
    """
    return Encoder(encoder_name(embedder()), settings().embedding_model, calibration())


def encoder_in_use(connection: Connection) -> Encoder:
    """Return what tours are ranked by: the active encoder, or the configured one where none is.

    Raises:
        ConfigurationError: none is active, and the configured model cannot be loaded.
    """
    return repository.load_active(connection) or configured_encoder()


def encoder_for_writing(connection: Connection) -> Encoder:
    """Return the encoder by which tours are stored, active until this transaction ends.

    The first tours of all make the configured encoder the active one.

    Raises:
        ConfigurationError: none is active, and the configured model cannot be loaded.
    """
    if repository.load_active(connection) is not None:
        repository.lock_for_writing(connection)  # it may have changed while we waited
        return encoder_in_use(connection)
    configured = configured_encoder()
    repository.lock_for_switching(connection)
    if repository.load_active(connection) is None:
        repository.save_encoder(connection, configured)
        repository.activate(connection, configured.name)
    return encoder_in_use(connection)


def embedder_of(encoder: Encoder) -> TextEmbedder:
    """Return the text model of the encoder in use, loaded once.

    Raises:
        ConfigurationError: the model cannot be loaded, or is not the one that it was.
    """
    with _lock:
        if encoder.model != settings().embedding_model:
            if encoder.model not in _former:
                _former.clear()
                _former[encoder.model] = _load(encoder)
            return _checked(encoder, _former[encoder.model])
        _former.clear()
    return _checked(encoder, _load(encoder))


def _load(encoder: Encoder) -> TextEmbedder:
    try:
        if encoder.model == settings().embedding_model:
            return embedder()
        return load_embedder(encoder.model)
    except ConfigurationError as error:
        raise _unusable(encoder, error.message) from error


def _checked(encoder: Encoder, loaded: TextEmbedder) -> TextEmbedder:
    """Refuse another release of a model: vectors of the two do not belong together."""
    if not encoder.name.endswith(f":{loaded.name}"):
        raise _unusable(encoder, f"what is installed is {loaded.name}")
    return loaded


def _unusable(encoder: Encoder, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"the tours were encoded by {encoder.name}, which cannot be used now ({reason}); install "
        "it again, or run `travelbuddy reembed` to encode them by the model that is configured, "
        f"EMBEDDING_MODEL={settings().embedding_model}"
    )


def active_embedder(connection: Connection) -> TextEmbedder:
    """Return the text model by which wishes and tours are encoded now.

    Raises:
        ConfigurationError: the model cannot be loaded, or is not the one that it was.
    """
    return embedder_of(encoder_in_use(connection))
