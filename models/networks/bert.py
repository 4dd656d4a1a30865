"""BERT (Devlin et al., arXiv 1810.04805): the encoder behind the embeddings, which are look-ups."""

from torch import Tensor, nn

from models.networks.network import InputForm, Network
from models.networks.variant import Variant
from models.networks.vit import Attention

TOKENS, FEATURES = 128, 768
"""Of the usual input of its classification tasks."""


class BertBlock(nn.Module):
    """One encoder block on tokens (N, T, C), with layer norm after each residual sum."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.attn = Attention(channels, heads)
        self.norm1 = nn.LayerNorm(channels, eps=1e-12)
        self.fc1 = nn.Linear(channels, 4 * channels)
        self.gelu = nn.GELU()
        self.fc2 = nn.Linear(4 * channels, channels)
        self.norm2 = nn.LayerNorm(channels, eps=1e-12)

    def forward(self, x: Tensor) -> Tensor:
        """The tokens after both residual branches."""
        x = self.norm1(x + self.attn(x))
        tokens: Tensor = self.norm2(x + self.fc2(self.gelu(self.fc1(x))))
        return tokens


class Bert(nn.Module):
    """Encoder blocks, the pooled first token, and one fully connected layer.

    Input (N, in_channels, T, 768), the sums of embeddings as an image of a row per token (further
    channels are further rows); output (N, num_classes).
    """

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        heads = 12
        channels = variant.channels(FEATURES, multiple=8 * heads)
        self.norm = nn.LayerNorm(channels, eps=1e-12)
        self.blocks = nn.Sequential(*(BertBlock(channels, heads) for _ in range(12)))
        self.pooler = nn.Linear(channels, channels)
        self.tanh = nn.Tanh()
        self.classifier = nn.Linear(channels, variant.num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, num_classes)."""
        x = self.blocks(self.norm(x.flatten(1, 2)))
        logits: Tensor = self.classifier(self.tanh(self.pooler(x[:, 0])))
        return logits


NETWORKS = (
    Network(
        name="bert_base",
        title="BERT-base",
        place=170,
        build=Bert,
        form=InputForm(TOKENS, FEATURES, 1, (0.0,), (1.0,)),
        classes=2,
    ),
)
